import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { gemini } from './gemini.ts';

interface Case {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly class: ErrorClass;
  readonly retryAfterMs?: number;
}

const cases: Case[] = fixturesOf('gemini').json('errors.json');

test.each(cases.map((entry) => [entry.name, entry] as const))(
  '%s',
  (_, { body, status, headers = {}, ...expected }) => {
    const error = gemini.classifyError(answer({ body, status, headers }));
    expect(error).toMatchObject({ class: expected.class, httpStatus: status });
    expect(error.retryAfterMs).toBe(expected.retryAfterMs);
  },
);

test('detail names status, code and field, and quotes nothing', () => {
  const { detail, messageForCaller, providerCode } = gemini.classifyError(
    answer({
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'Invalid value: tell me a secret',
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents[0].parts', description: 'tell me a secret' }],
            },
          ],
        },
      },
    }),
  );
  expect(detail).toBe('HTTP 400, INVALID_ARGUMENT, parameter contents[0].parts');
  expect(messageForCaller).toBe('Invalid value: tell me a secret');
  expect(providerCode).toBe('INVALID_ARGUMENT');
});

test('the reason says more than the code', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
  const body = { error: { code: 400, message: 'x', status: 'INVALID_ARGUMENT', details } };
  expect(gemini.classifyError(answer({ status: 400, body })).providerCode).toBe('API_KEY_INVALID');
});

test.each(['key AIzaSyCanaryCanaryCanaryCanaryCanary is wrong', 'API key AIzaSyCanary-Canary not valid'])(
  'a key in the provider’s text goes nowhere: %s',
  (message) => {
    const body = { error: { code: 400, message, status: message, details: [{ reason: message }] } };
    const error = gemini.classifyError(answer({ status: 400, body }));
    expect(JSON.stringify(error).toLowerCase()).not.toMatch(/cana/);
    expect(error.messageForCaller).toContain('[redacted]');
  },
);

test('of a long list of details only the beginning is read', () => {
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' };
  const delay = (before: number) => {
    const details = [...Array.from({ length: before }, () => ({ '@type': 'x' })), retry];
    const body = { error: { code: 429, status: 'RESOURCE_EXHAUSTED', details } };
    return gemini.classifyError(answer({ status: 429, body })).retryAfterMs;
  };
  expect([delay(19), delay(20)]).toEqual([7000, undefined]);
});

test.each([
  ['a list of details without end', { details: Array.from({ length: 100_000 }, () => ({ '@type': 'x' })) }],
  ['details that are no list', { details: { '@type': 'x' } }],
  ['an error that is a text', 'UNAVAILABLE'],
  ['an error that is a list', [1, 2]],
])('whatever the body is, the status still counts: %s', (_, error) => {
  expect(gemini.classifyError(answer({ status: 503, body: { error } }))).toMatchObject({
    class: 'overloaded',
  });
});
