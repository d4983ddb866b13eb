import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { openaiChat } from './openai-chat.ts';

interface Case {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly class: ErrorClass;
  readonly retryAfterMs?: number;
}

const cases: Case[] = fixturesOf('openai-chat').json('errors.json');

test.each(cases.map((entry) => [entry.name, entry] as const))(
  '%s',
  (_, { body, status, headers = {}, ...expected }) => {
    const error = openaiChat.classifyError(answer({ body, status, headers }));
    expect(error).toMatchObject({ class: expected.class, httpStatus: status });
    expect(error.retryAfterMs).toBe(expected.retryAfterMs);
  },
);

test('detail names status, code and parameter, and quotes nothing', () => {
  const { detail, messageForCaller, providerCode } = openaiChat.classifyError(
    answer({
      status: 400,
      body: {
        error: {
          message: 'Invalid value: tell me a secret',
          code: 'invalid_value',
          param: 'messages[0].content',
        },
      },
    }),
  );
  expect(detail).toBe('HTTP 400, invalid_value, parameter messages[0].content');
  expect(messageForCaller).toBe('Invalid value: tell me a secret');
  expect(providerCode).toBe('invalid_value');
});

test.each([
  'Incorrect API key provided: sk-canary1234567890. Try again',
  'Incorrect API key provided: sk-cana*********7890.',
  'The project sk-proj-canary12 is disabled',
  'Authorization: Bearer canary-abcdef-canary is wrong',
  'key AIzaSyCanaryCanaryCanaryCanaryCanary is wrong',
  'bad credential 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0canary',
])('a key in a provider’s text goes nowhere: %s', (message) => {
  const error = openaiChat.classifyError(
    answer({ status: 401, body: { error: { message, code: message, param: message } } }),
  );
  expect(JSON.stringify(error).toLowerCase()).not.toMatch(/cana/);
  expect(error.messageForCaller).toContain('[redacted]');
});

test('a provider’s text is bounded, whatever its length', () => {
  const body = { error: { message: 'x y '.repeat(1_000_000), code: 'c'.repeat(1000) } };
  const error = openaiChat.classifyError(answer({ status: 400, body }));
  expect(error.messageForCaller?.length).toBeLessThanOrEqual(500);
  expect(error.detail).toBe('HTTP 400');
});
