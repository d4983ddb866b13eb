import type { Usage } from '@switchyard/contracts/routing';
import { FinishReason } from '@switchyard/contracts/routing';
import type { AttemptRecord } from '@switchyard/testkit/simulator';
import { expect, test } from 'vitest';
import { ANSWER_CASES } from './answer-cases.ts';
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

/** What every wire format must make of good answers. */
export function exerciseAnswers(bench: FormatBench): void {
  test.each(ANSWER_CASES)('$name, whole and streamed', async ({ request, model, ...expected }) => {
    const input = inputOf(request, model);
    const { streamed, whole } = await bench.both(input);
    expect(whole).toMatchObject({ finishReason: expected.finishReason, providerModel: input.model });
    expect(shownOf(whole.message)).toEqual(expected.shown);
    expect(withoutIds(streamed)).toEqual(withoutIds(whole.message));
    const { tokens } = await bench.lastCall();
    expect(tokens).toMatchObject(expected.counted ?? {});
    expect(countsOf(whole.usage)).toEqual(truthOf(tokens));
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
    expect(countsOf(first.usage)).toEqual(truthOf((await bench.lastCall()).tokens));
    const second = finishOf(await callForEvents(bench.target, inputOf(cachedConversation('chess', 'two'))));
    expect(countsOf(second.usage)).toEqual(truthOf((await bench.lastCall()).tokens));
    expect(second.usage?.cacheReadTokens).toBeGreaterThan(1_000);
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
