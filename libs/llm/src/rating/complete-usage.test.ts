import { expect, test } from 'vitest';
import { completeUsage } from './complete-usage.ts';

const counted = { inputTokens: 100, outputTokens: 20 };

test('what the provider reported in full stays as it is', () => {
  const reported = { inputTokens: 90, outputTokens: 5, estimated: false };
  expect(completeUsage({ reported, ended: true }, counted)).toBe(reported);
});

test('what was reported in full before a stream was cut is kept and marked: there may be more', () => {
  const reported = { inputTokens: 90, outputTokens: 5, estimated: false };
  expect(completeUsage({ reported, ended: false }, counted)).toEqual({ ...reported, estimated: true });
});

test('a cut stream keeps its reported input, and its output is counted and marked', () => {
  const reported = { inputTokens: 90, cacheReadTokens: 50, outputTokens: undefined, estimated: false };
  expect(completeUsage({ reported, ended: false }, counted)).toEqual({
    inputTokens: 90,
    cacheReadTokens: 50,
    outputTokens: 20,
    estimated: true,
  });
});

test('without a report all is counted', () => {
  expect(completeUsage({ reported: undefined, ended: true }, counted)).toEqual({
    inputTokens: 100,
    outputTokens: 20,
    estimated: true,
  });
});
