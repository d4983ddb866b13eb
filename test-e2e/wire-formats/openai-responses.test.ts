import { expect, test } from 'vitest';
import { callForEvents } from './call-simulator.ts';
import { TOOLS, user, withResults } from './conversations.ts';
import { benchOf, inputOf } from './format-bench.ts';

const bench = benchOf('openai-responses');

test('reasoning is counted, comes encrypted, and goes back with the calls that it led to', async () => {
  const question = user('call the tools');
  const request = { messages: [question], tools: TOOLS, sampling: { reasoningEffort: 'low' } };
  const { streamed, whole } = await bench.both(inputOf(request, 'sim-smart'));
  expect(whole.usage?.reasoningTokens).toBe(32);
  expect(whole.message.parts[0]?.content).toMatchObject({
    $case: 'reasoning',
    value: { signature: expect.stringMatching(/^openai-responses:rs_\w+\.\w+/) },
  });
  const messages = withResults(question, streamed);
  const next = await bench.whole(inputOf({ ...request, messages }, 'sim-smart'));
  expect(next.usage?.inputTokens).toBeGreaterThan(whole.usage?.inputTokens ?? Number.POSITIVE_INFINITY);
});

test('of a stream that breaks before its end nothing is known to be used', async () => {
  bench.fail({ type: 'truncate', afterChunks: 6 });
  const events = await callForEvents(bench.target, inputOf({ messages: [user('hello')] }));
  expect(events.filter(({ kind }) => kind === 'usage')).toEqual([]);
});
