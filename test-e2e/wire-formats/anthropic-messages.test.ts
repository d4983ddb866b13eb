import { expect, test } from 'vitest';
import { callForEvents } from './call-simulator.ts';
import { cachedConversation, TOOLS, user, withResults } from './conversations.ts';
import { benchOf, inputOf } from './format-bench.ts';

const bench = benchOf('anthropic-messages');

test('thinking is read, counted and signed, and goes back with the calls that it led to', async () => {
  const question = user('call the tools');
  const sampling = { reasoningBudgetTokens: 1_024 };
  const request = { messages: [question], tools: TOOLS, sampling };
  const { streamed, whole } = await bench.both(inputOf(request, 'sim-smart'));
  expect(whole.usage?.reasoningTokens).toBeGreaterThan(0);
  expect(whole.message.parts[0]?.content).toMatchObject({
    $case: 'reasoning',
    value: {
      text: expect.stringMatching(/^Simulated reasoning:/),
      signature: expect.stringMatching(/^anthropic-messages:/),
    },
  });
  const messages = withResults(question, streamed);
  const next = await bench.whole(inputOf({ ...request, messages }, 'sim-smart'));
  expect(next.usage?.inputTokens).toBeGreaterThan(whole.usage?.inputTokens ?? Number.POSITIVE_INFINITY);
});

test('what is written to the cache is told by its time to live', async () => {
  const { usage } = await bench.whole(inputOf(cachedConversation('chess', 'one')));
  const { cacheWrite5mTokens, cacheWrite1hTokens } = (await bench.lastCall()).tokens;
  expect(cacheWrite5mTokens).toBeGreaterThan(0);
  expect(cacheWrite1hTokens).toBeGreaterThan(1_000);
  expect(usage).toMatchObject({
    cacheWriteTokens: cacheWrite5mTokens + cacheWrite1hTokens,
    cacheWrite1hTokens,
  });
});

test('of a stream that breaks the input is known from its first event on, the output is not', async () => {
  bench.fail({ type: 'truncate', afterChunks: 3 });
  const events = await callForEvents(bench.target, inputOf({ messages: [user('hello')] }));
  const used = events.flatMap((event) => (event.kind === 'usage' ? [event.usage] : []));
  const { inputTokens } = (await bench.lastCall()).tokens;
  expect(used.at(-1)).toMatchObject({ inputTokens, outputTokens: undefined });
});
