import { expect, test } from 'vitest';
import { callForEvents, callOnce } from './call-simulator.ts';
import { TOOLS, user, withResults } from './conversations.ts';
import { benchOf, inputOf } from './format-bench.ts';

const bench = benchOf('gemini');
const HELLO = inputOf({ messages: [user('hello')] });

test('thoughts are read and counted, and go back with the calls that they led to', async () => {
  const question = user('call the tools');
  const request = { messages: [question], tools: TOOLS, sampling: { reasoningBudgetTokens: 20 } };
  const { streamed, whole } = await bench.both(inputOf(request, 'sim-smart'));
  expect(whole.usage?.reasoningTokens).toBe(20);
  expect(whole.message.parts[0]?.content).toMatchObject({
    $case: 'reasoning',
    value: {
      text: expect.stringMatching(/^Simulated reasoning:/),
      signature: expect.stringMatching(/^gemini:/),
    },
  });
  const messages = withResults(question, streamed);
  const next = await bench.whole(inputOf({ ...request, messages }, 'sim-smart'));
  expect(next.usage?.inputTokens).toBeGreaterThan(whole.usage?.inputTokens ?? Number.POSITIVE_INFINITY);
});

test('when to come back, said in the body', async () => {
  bench.fail({ type: 'status', status: 429, retryAfter: { form: 'body', seconds: 2 } });
  expect(await callOnce(bench.target, HELLO)).toMatchObject({ error: { retryAfterMs: 2_000 } });
});

test.each([0, 1, 5])('each of the %d events before a break tells what was used', async (afterChunks) => {
  bench.fail({ type: 'truncate', afterChunks });
  const events = await callForEvents(bench.target, HELLO);
  expect(events.filter(({ kind }) => kind === 'usage')).toHaveLength(afterChunks);
});
