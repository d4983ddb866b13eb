import { describe, expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { type AnswerInputs, composeAnswer } from './compose-answer.ts';
import type { SimulatedCall } from './simulated-call.ts';
import { countTokens } from './tokens.ts';

const CALL: SimulatedCall = {
  model: 'm',
  stream: false,
  prompt: [],
  lastTurn: { from: 'user', text: 'hello' },
  tools: [],
  toolChoice: { kind: 'auto' },
  parallelTools: true,
  stopSequences: [],
  form: { kind: 'prose' },
  reasoning: { kind: 'unspecified' },
};

function compose({ call, ...rest }: Partial<AnswerInputs> = {}): Answer {
  return composeAnswer({
    call: { ...CALL, ...call },
    seed: 7,
    reasoningTokens: 0,
    maxOutputTokens: 1_000,
    answerTokens: 48,
    promptUse: { inputTokens: 9, cachedInputTokens: 4, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0 },
    ...rest,
  });
}

function textOf({ content }: Answer): string {
  return content.kind === 'text' ? content.text : '';
}

const tools = ['alpha', 'beta', 'gamma'].map((name) => ({ name, schema: { type: 'object' } }));
const said = (text: string): Partial<AnswerInputs> => ({
  call: { ...CALL, tools, lastTurn: { from: 'user', text } },
});
const namesOf = ({ content }: Answer) =>
  content.kind === 'tools' ? content.calls.map(({ name }) => name) : [];

describe('an answer', () => {
  test('is the same for the same seed and another for another', () => {
    expect(compose()).toEqual(compose());
    expect(textOf(compose({ seed: 8 }))).not.toBe(textOf(compose()));
  });

  test('says that it is simulated and has exactly the configured length', () => {
    const answer = compose({ answerTokens: 100 });
    expect(textOf(answer)).toMatch(/^Simulated answer:/);
    expect(answer.usage).toMatchObject({ inputTokens: 9, cachedInputTokens: 4, outputTokens: 100 });
    expect(answer.finish).toEqual({ kind: 'end' });
  });

  test('ends at the output bound, which reasoning uses up first', () => {
    const answer = compose({ maxOutputTokens: 30, reasoningTokens: 20 });
    expect(answer.reasoning?.tokens).toBe(20);
    expect(countTokens(answer.reasoning?.text ?? '')).toBe(20);
    expect(countTokens(textOf(answer))).toBe(10);
    expect(answer.usage).toMatchObject({ outputTokens: 30, reasoningTokens: 20 });
    expect(answer.finish).toEqual({ kind: 'length' });
  });

  test('contains multi-byte characters for most seeds', () => {
    const seeds = Array.from({ length: 50 }, (_, seed) => textOf(compose({ seed })));
    expect(seeds.filter((text) => Buffer.byteLength(text) > text.length).length).toBeGreaterThan(25);
  });

  test.each([
    ['hello', []],
    ['call the tool', ['alpha']],
    ['Please call the tool beta now', ['beta']],
    ['call the tools', ['alpha', 'beta', 'gamma']],
    ['call the tools gamma and beta', ['beta', 'gamma']],
  ])('to %j calls %j', (text, names) => {
    expect(namesOf(compose(said(text)))).toEqual(names);
  });

  test('is text when a tool has just answered, whatever was asked before', () => {
    expect(namesOf(compose({ call: { ...CALL, tools, lastTurn: { from: 'tool' } } }))).toEqual([]);
  });

  test('is text when the calls do not fit the output bound', () => {
    const answer = compose({ ...said('call the tools'), maxOutputTokens: 3 });
    expect(answer.content.kind).toBe('text');
    expect(answer.finish).toEqual({ kind: 'length' });
    expect(answer.usage.outputTokens).toBe(3);
  });

  test('counts the name and the arguments of a call', () => {
    const { usage } = compose(said('call the tool'));
    expect(usage.outputTokens).toBe(countTokens('alpha') + countTokens('{}'));
  });
});
