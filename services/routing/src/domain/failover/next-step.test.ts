import { expect, test } from 'vitest';
import { type FailedAttempt, nextStep } from './next-step.ts';

const failed: FailedAttempt = {
  errorClass: 'server_error',
  told: 'nothing',
  fallbacksUsed: 0,
  maxFallbacks: 3,
  candidatesLeft: 2,
  retriesUsed: 0,
  maxRetries: 2,
  retryable: 0,
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
  ['nobody left but one that may work later', { candidatesLeft: 0, retryable: 1 }, 'retry'],
  ['no failover but one that may work later', { maxFallbacks: 0, retryable: 1 }, 'retry'],
  ['another one and one that may work later', { retryable: 1 }, 'next-candidate'],
  ['all retries used', { candidatesLeft: 0, retryable: 1, retriesUsed: 2 }, 'no-candidate-left'],
  ['a begun answer of one that may work later', { told: 'final', retryable: 1 }, 'answer-begun'],
  ['an answer that has begun', { told: 'final' }, 'answer-begun'],
  ['an answer that another can go on with', { told: 'continuable' }, 'next-candidate'],
  [
    'one that only the same could, later',
    { told: 'continuable', candidatesLeft: 0, retryable: 1 },
    'no-candidate-left',
  ],
  [
    'one that too many went on with',
    { told: 'continuable', fallbacksUsed: 3, retryable: 1 },
    'fallbacks-used',
  ],
  ['a request that is wrong everywhere', { errorClass: 'invalid_request' }, 'not-retryable'],
  ['a caller that went away', { callerGone: true }, 'caller-gone'],
] satisfies [string, Partial<FailedAttempt>, string][])('after %s: %o → %s', (_, change, expected) => {
  const step = nextStep({ ...failed, ...change } as FailedAttempt);
  expect(step.kind === 'give-up' ? step.because : step.kind).toBe(expected);
});
