import { expect, test } from 'vitest';
import { callForEvents } from './call-simulator.ts';
import { user } from './conversations.ts';
import { benchOf, inputOf } from './format-bench.ts';

const bench = benchOf('openai-chat');

test('reasoning is counted, though nobody gets to read it', async () => {
  const request = { messages: [user('hello')], sampling: { reasoningEffort: 'high' } };
  const { whole } = await bench.both(inputOf(request, 'sim-smart'));
  expect(whole.usage?.reasoningTokens).toBeGreaterThan(0);
  expect(whole.message.parts.map(({ content }) => content?.$case)).toEqual(['text']);
});

test('of a stream that breaks before its last chunk nothing is known to be used', async () => {
  bench.fail({ type: 'truncate', afterChunks: 3 });
  const events = await callForEvents(bench.target, inputOf({ messages: [user('hello')] }));
  expect(events.filter(({ kind }) => kind === 'usage')).toEqual([]);
});
