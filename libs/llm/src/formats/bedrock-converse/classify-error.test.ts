import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { bedrockConverse } from './bedrock-converse.ts';

interface Case {
  readonly name: string;
  readonly status: number;
  /** Of the header `x-amzn-errortype`. */
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
  readonly class: ErrorClass;
  readonly retryAfterMs?: number;
}

const cases: Case[] = fixturesOf('bedrock-converse').json('errors.json');

test.each(cases.map((entry) => [entry.name, entry] as const))(
  '%s',
  (_name, { body, status, type, ...entry }) => {
    const headers = { ...entry.headers, ...(type !== undefined && { 'x-amzn-errortype': type }) };
    const error = bedrockConverse.classifyError(answer({ body, status, headers }));
    expect(error).toMatchObject({ class: entry.class, httpStatus: status });
    expect(error.retryAfterMs).toBe(entry.retryAfterMs);
  },
);
