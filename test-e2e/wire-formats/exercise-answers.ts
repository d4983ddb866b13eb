import type { Usage } from '@switchyard/contracts/routing';
import { FinishReason } from '@switchyard/contracts/routing';
import type { AttemptRecord } from '@switchyard/testkit/simulator';
import { expect, test } from 'vitest';
import { ANSWER_CASES, type AnswerCase } from './answer-cases.ts';
import { callForEvents } from './call-simulator.ts';
import {
  cachedConversation,
  callsOf,
  shownOf,
  TOOLS,
  user,
  withoutIds,
  withResults,
} from './conversations.ts';
import { type FormatBench, finishOf, inputOf } from './format-bench.ts';
import { type FormatRow, toldTokens } from './format-rows.ts';

/** What every wire format must make of good answers. */
export function exerciseAnswers(bench: FormatBench, row: FormatRow): void {
  const { untold = [], refuses = {} } = row;
  const truth = async () => truthOf(toldTokens((await bench.lastCall()).tokens, row));

  test.each(ANSWER_CASES.filter(({ name }) => !(name in refuses)))(
    '$name, whole and streamed',
    async ({ request, model, ...expected }) => {
      const input = inputOf(request, model);
      const { streamed, whole } = await bench.both(input);
      const providerModel = untold.includes('model') ? '' : input.model;
      expect(whole).toMatchObject({ finishReason: expected.finishReason, providerModel });
      expect(shownOf(whole.message)).toEqual(expected.shown);
      expect(withoutIds(streamed)).toEqual(withoutIds(whole.message));
      expect((await bench.lastCall()).tokens).toMatchObject(expected.counted ?? {});
      expect(countsOf(whole.usage)).toEqual(await truth());
    },
  );

  test.each(Object.entries(refuses))('%s is refused by the name of %s', (name, field) => {
    const { request, model } = ANSWER_CASES.find((one) => one.name === name) as AnswerCase;
    expect(bench.format.findUnsupported({ ...inputOf(request, model), stream: false })?.field).toBe(field);
  });

  test('parallel calls have ids of their own, and their results are answered', async () => {
    const question = user('call the tools');
    const { streamed } = await bench.both(inputOf({ messages: [question], tools: TOOLS }));
    expect(new Set(callsOf(streamed).map(({ id }) => id)).size).toBe(2);
    const next = await bench.whole(inputOf({ messages: withResults(question, streamed), tools: TOOLS }));
    expect(next.finishReason).toBe(FinishReason.STOP);
  });

  test('tokens written to and read from the cache are part of the input', async () => {
    const first = await bench.whole(inputOf(cachedConversation('chess', 'one')));
    expect(countsOf(first.usage)).toEqual(await truth());
    const second = finishOf(await callForEvents(bench.target, inputOf(cachedConversation('chess', 'two'))));
    expect(countsOf(second.usage)).toEqual(await truth());
    if (untold.includes('cached')) expect(second.usage?.cacheReadTokens).toBeUndefined();
    else expect(second.usage?.cacheReadTokens).toBeGreaterThan(1_000);
  });
}

/** Kinds that a format does not know, or leaves out where there are none, were none. */
const countsOf = (usage: Usage | undefined) => ({
  inputTokens: usage?.inputTokens,
  cachedInputTokens: usage?.cacheReadTokens ?? 0,
  writtenTokens: usage?.cacheWriteTokens ?? 0,
  cacheWrite1hTokens: usage?.cacheWrite1hTokens ?? 0,
  outputTokens: usage?.outputTokens,
  reasoningTokens: usage?.reasoningTokens ?? 0,
});

const truthOf = ({ cacheWrite5mTokens, ...tokens }: AttemptRecord['tokens']) => ({
  ...tokens,
  writtenTokens: cacheWrite5mTokens + tokens.cacheWrite1hTokens,
});
