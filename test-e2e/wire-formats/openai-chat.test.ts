import { expect, test } from 'vitest';
import { callForEvents } from './call-simulator.ts';
import { user } from './conversations.ts';
import { exerciseAnswers } from './exercise-answers.ts';
import { exerciseFaults } from './exercise-faults.ts';
import { benchOf, inputOf } from './format-bench.ts';

const bench = benchOf('openai-chat');

exerciseAnswers(bench);
exerciseFaults(bench, [
  ['quota', { type: 'status', status: 429, errorType: 'insufficient_quota' }],
  ['context_length', { type: 'status', status: 400, errorType: 'context_length_exceeded' }],
  ['overloaded', { type: 'status', status: 503 }],
  ['server_error', { type: 'status', status: 504 }],
  ['server_error', { type: 'error-event', afterChunks: 0 }],
  ['server_error', { type: 'error-event', afterChunks: 4 }],
  ['rate_limited', { type: 'error-event', errorType: 'rate_limit_exceeded' }],
  ['overloaded', { type: 'error-event', errorType: 'server_is_overloaded' }],
]);

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
