import { expect, test } from 'vitest';
import { RetryThrottle } from './retry-throttle.ts';

test('takes retries until half of the tokens are gone: 5 failures from a full bucket of 10', () => {
  const throttle = new RetryThrottle();
  for (let i = 0; i < 4; i += 1) throttle.onFailure();
  expect(throttle.allowsRetry).toBe(true);
  throttle.onFailure();
  expect(throttle.allowsRetry).toBe(false);
});

test('ten successes make up for one failure', () => {
  const throttle = new RetryThrottle();
  for (let i = 0; i < 5; i += 1) throttle.onFailure();
  for (let i = 0; i < 10; i += 1) throttle.onSuccess();
  expect(throttle.tokens).toBeCloseTo(6);
  expect(throttle.allowsRetry).toBe(true);
});

test('tokens stay between 0 and the bucket’s size', () => {
  const throttle = new RetryThrottle({ maxTokens: 2, tokenRatio: 1.5 });
  throttle.onSuccess();
  expect(throttle.tokens).toBe(2);
  for (let i = 0; i < 9; i += 1) throttle.onFailure();
  expect(throttle.tokens).toBe(0);
});

test.each([{ maxTokens: 0 }, { maxTokens: 1001 }, { tokenRatio: 0 }, { tokenRatio: Number.NaN }])(
  'refuses the options %o',
  (options) => {
    expect(() => new RetryThrottle(options)).toThrow(Object.keys(options)[0] as string);
  },
);
