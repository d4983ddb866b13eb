import { expect, test } from 'vitest';
import { type FailedAttempt, nextStep } from './next-step.ts';

const failed: FailedAttempt = {
  errorClass: 'server_error',
  answerBegun: false,
  fallbacksUsed: 0,
  maxFallbacks: 3,
  candidatesLeft: 2,
  callerGone: false,
};

test.each([
  ['a server error', {}, 'next-candidate'],
  ['a rate limit', { errorClass: 'rate_limited' }, 'next-candidate'],
  ['a timeout', { errorClass: 'timeout' }, 'next-candidate'],
  ['the last allowed fallback', { fallbacksUsed: 2 }, 'next-candidate'],
  ['all fallbacks used', { fallbacksUsed: 3 }, 'fallbacks-used'],
  ['failover not allowed', { maxFallbacks: 0 }, 'fallbacks-used'],
  ['nobody left', { candidatesLeft: 0 }, 'no-candidate-left'],
  ['an answer that has begun', { answerBegun: true }, 'answer-begun'],
  ['a request that is wrong everywhere', { errorClass: 'invalid_request' }, 'not-retryable'],
  ['a caller that went away', { callerGone: true }, 'caller-gone'],
] satisfies [string, Partial<FailedAttempt>, string][])('after %s: %o → %s', (_, change, expected) => {
  const step = nextStep({ ...failed, ...change } as FailedAttempt);
  expect(step.kind === 'give-up' ? step.because : step.kind).toBe(expected);
});
