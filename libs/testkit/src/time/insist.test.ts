import { ServiceError, type StatusCode } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { insist } from './insist.ts';

const error = (code: StatusCode, retryable: boolean) =>
  new ServiceError({ reason: code, code, publicMessage: 'it failed', retryable });
const NOT_NOW = error('UNAVAILABLE', true);

/** Fails with each error in turn, then succeeds. */
function failing(...errors: Error[]) {
  let calls = 0;
  return async () => {
    const failure = errors[calls++];
    if (failure !== undefined) throw failure;
    return calls;
  };
}

test('a call that fails for now is made again until it succeeds', async () => {
  expect(await insist(failing())).toBe(1);
  expect(await insist(failing(NOT_NOW, NOT_NOW))).toBe(3);
});

test.each([error('UNAVAILABLE', false), error('RESOURCE_EXHAUSTED', true), new Error('UNAVAILABLE')])(
  'any other failure is the outcome: %s',
  async (other) => {
    await expect(insist(failing(NOT_NOW, other))).rejects.toBe(other);
  },
);
