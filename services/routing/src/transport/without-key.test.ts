import type { ProviderError } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { withoutKey } from './without-key.ts';

const error: ProviderError = {
  class: 'authentication',
  retryable: true,
  sameProviderRetry: false,
  retryAfterMs: undefined,
  detail: 'HTTP 401, plain.key-1',
  messageForCaller: 'plain.key-1 is wrong: "plain.key-1"',
  providerCode: 'plain.key-1',
  httpStatus: 401,
};

test('a key of any shape is taken out of everything that a provider said', () => {
  expect(withoutKey(error, ['plain.key-1'])).toEqual({
    ...error,
    detail: 'HTTP 401, [redacted]',
    messageForCaller: '[redacted] is wrong: "[redacted]"',
    providerCode: '[redacted]',
  });
});

test('a call without a key or with one that is no secret, and an error that says nothing, stay as they are', () => {
  expect(withoutKey(error, [])).toEqual(error);
  expect(withoutKey(error, ['key'])).toEqual(error);
  const silent = { ...error, messageForCaller: undefined, providerCode: undefined };
  expect(withoutKey(silent, ['x-y-z'])).toEqual(silent);
});

test('every part of a key is taken out, one that holds another whole', () => {
  const quoting = { ...error, detail: 'a token-of-1: long-token-of-1', providerCode: undefined };
  expect(withoutKey(quoting, ['long-token-of-1', 'token-of-1', 'plain.key-1'])).toMatchObject({
    detail: 'a [redacted]: [redacted]',
    messageForCaller: '[redacted] is wrong: "[redacted]"',
  });
});
