import { FinishReason, Message, Role, Usage } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { adviceFor } from './advice.ts';
import { embeddingsTest } from './embeddings-test.ts';
import type { TestAnswer } from './provider-test.ts';
import { FULL, namesOf, QUICK } from './test-suite.ts';
import { wrongKeyTest } from './wrong-key-test.ts';

const answer = (text: string, more: Partial<TestAnswer> = {}): TestAnswer => ({
  requestId: 'r',
  message: Message.fromPartial({
    role: Role.ASSISTANT,
    parts: [{ content: { $case: 'text', value: text } }],
  }),
  finishReason: FinishReason.STOP,
  usage: Usage.fromPartial({ inputTokens: 5, outputTokens: 7 }),
  costNanoUsd: 1n,
  pieces: 3,
  ...more,
});

const calling = (name: string, argumentsJson: string): TestAnswer =>
  answer('', {
    message: Message.fromPartial({
      role: Role.ASSISTANT,
      parts: [{ content: { $case: 'toolCall', value: { id: 'c', name, argumentsJson } } }],
    }),
  });

const written = (outputTokens: number, finishReason: FinishReason): TestAnswer =>
  answer('x', { usage: Usage.fromPartial({ outputTokens }), finishReason });

test.each<[string, string, TestAnswer, 'passed' | 'failed']>([
  ['completion', 'text and usage', answer('Hello there you'), 'passed'],
  ['completion', 'no text', answer(' '), 'failed'],
  ['completion', 'no usage', answer('Hello', { usage: undefined }), 'failed'],
  ['stream', 'text and a reason', answer('one two'), 'passed'],
  ['stream', 'no reason', answer('one', { finishReason: FinishReason.UNSPECIFIED }), 'failed'],
  ['stream', 'no text', answer(''), 'failed'],
  ['tools', 'arguments that fit', calling('get_weather', '{"city":"Paris"}'), 'passed'],
  ['tools', 'text in place of a call', answer('It rains.'), 'failed'],
  ['tools', 'another tool', calling('get_news', '{"city":"Paris"}'), 'failed'],
  ['tools', 'arguments that are no JSON', calling('get_weather', '{"city":'), 'failed'],
  ['tools', 'arguments without what is required', calling('get_weather', '{"town":"Paris"}'), 'failed'],
  ['structured_output', 'JSON that fits', answer('{"color":"red","count":3}'), 'passed'],
  ['structured_output', 'JSON in words', answer('Here: {"color":"red","count":3}'), 'failed'],
  ['structured_output', 'a wrong type', answer('{"color":"red","count":"3"}'), 'failed'],
  ['vision', 'the color', answer('Red.'), 'passed'],
  ['vision', 'nothing', answer(''), 'failed'],
  ['output_limit', 'cut at the limit', written(16, FinishReason.LENGTH), 'passed'],
  ['output_limit', 'more than the limit', written(17, FinishReason.LENGTH), 'failed'],
  ['output_limit', 'an end before the limit', written(9, FinishReason.STOP), 'passed'],
  ['output_limit', 'cut, and not told', written(16, FinishReason.STOP), 'failed'],
])('H5: the test %s of an answer with %s has %s', (name, _, given, kind) => {
  const asked = FULL.find((one) => one.name === name);
  const verdict = asked?.kind === 'completion' ? asked.judge(given) : undefined;
  expect(verdict?.kind).toBe(kind);
  if (verdict?.kind === 'failed') expect(verdict.advice).not.toBe('');
});

const vectors = (...lengths: number[]) => lengths.map((length) => ({ values: Array(length).fill(0.5) }));

test.each<[string, number[], 'passed' | 'failed']>([
  ['two vectors of one length', [3, 3], 'passed'],
  ['one vector', [3], 'failed'],
  ['no vectors', [], 'failed'],
  ['vectors of different lengths', [3, 4], 'failed'],
  ['empty vectors', [0, 0], 'failed'],
])('H5: the test embeddings of %s has %3$s', (_, lengths, kind) => {
  expect(embeddingsTest.judge({ embeddings: vectors(...lengths), usage: undefined }).kind).toBe(kind);
});

test.each<[string, string, string | undefined, string | undefined]>([
  ['refused', 'PROVIDER_AUTHENTICATION', 'authentication', 'passed'],
  ['forbidden', 'PROVIDER_PERMISSION', 'permission', 'passed'],
  ['down', 'PROVIDER_SERVER_ERROR', 'server_error', undefined],
  ['without a key', 'NO_KEY_TO_CHECK', undefined, 'unsupported'],
  ['passed over for another reason', 'NO_CANDIDATE', undefined, undefined],
])('H5: the test wrong_key of a provider that is %s: %4$s', (_, reason, errorClass, kind) => {
  expect(wrongKeyTest.judgeFailure?.({ reason, errorClass })?.kind).toBe(kind);
});

test('H5: who answers to a wrong key fails, with what to do', () => {
  expect(wrongKeyTest.judge(answer('pong'))).toMatchObject({ kind: 'failed', advice: expect.any(String) });
});

test('the full suite has all of the quick one', () => {
  expect(namesOf(FULL)).toEqual([
    ...namesOf(QUICK),
    ...['tools', 'structured_output', 'vision', 'output_limit', 'embeddings', 'wrong_key'],
  ]);
});

test('advice goes by the class of the error, then by the reason', () => {
  expect(adviceFor({ reason: 'PROVIDER_FAILED', errorClass: 'authentication' })).toContain('--secrets');
  expect(adviceFor({ reason: 'NO_CANDIDATE', errorClass: undefined })).toContain('route --explain');
  expect(adviceFor({ reason: 'ELSE', errorClass: undefined })).toContain('decision');
});
