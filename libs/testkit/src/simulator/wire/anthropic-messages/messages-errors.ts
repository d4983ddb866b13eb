import type { JsonType, ShapeProblem } from '../../shape/shape-problem.ts';
import { retryAfterHeaders } from '../retry-after.ts';
import type { AskedFailure, RequestProblem, Stamp, WireError } from '../wire-format.ts';

/** Anthropic's error types and the status each comes with: https://docs.claude.com/en/api/errors */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

const MESSAGE_OF_TYPE: Readonly<Record<string, string>> = {
  authentication_error: 'invalid x-api-key',
  rate_limit_error: 'This request would exceed the rate limit (simulated).',
  api_error: 'Internal server error',
  timeout_error: 'Request timed out',
  overloaded_error: 'Overloaded',
};

/** A refusal in Anthropic's words. */
export function messagesRefusal(problem: RequestProblem, stamp: Stamp): WireError {
  const { type, message } = wordsFor(problem);
  return wireError({ status: STATUS_OF_TYPE[type] ?? 400, type, message, stamp });
}

/** An error that a fault asked for. */
export function messagesFailure(failure: AskedFailure, stamp: Stamp): WireError {
  const type =
    failure.errorType ?? (failure.status === undefined ? 'overloaded_error' : typeOf(failure.status));
  const error = wireError({
    status: failure.status ?? STATUS_OF_TYPE[type] ?? 500,
    type,
    message: failure.message ?? MESSAGE_OF_TYPE[type] ?? 'Simulated error.',
    stamp,
  });
  return {
    ...error,
    headers: { ...error.headers, ...retryAfterHeaders(failure.retryAfter, stamp.unixMs) },
  };
}

/** `event: error`, as the real API ends a stream that fails. */
export function messagesErrorFrame(failure: AskedFailure, stamp: Stamp): string {
  return `event: error\ndata: ${messagesFailure(failure, stamp).body}\n\n`;
}

function wireError(args: { status: number; type: string; message: string; stamp: Stamp }): WireError {
  const { status, type, message, stamp } = args;
  const retry = status === 408 || status === 409 || status === 429 || status >= 500;
  return {
    status,
    body: JSON.stringify({ type: 'error', error: { type, message }, request_id: `req_${stamp.id}` }),
    headers: { 'x-should-retry': String(retry) },
  };
}

function typeOf(status: number): string {
  const known = Object.entries(STATUS_OF_TYPE).find(([, its]) => its === status);
  return known?.[0] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

function wordsFor(problem: RequestProblem): { type: string; message: string } {
  switch (problem.kind) {
    case 'no-key':
      return { type: 'authentication_error', message: 'x-api-key header is required' };
    case 'wrong-key':
      return { type: 'authentication_error', message: 'invalid x-api-key' };
    case 'wrong-version':
      return invalid(
        problem.version === undefined
          ? 'anthropic-version: header is required'
          : `anthropic-version: "${problem.version}" is not a valid version`,
      );
    case 'not-found':
      return { type: 'not_found_error', message: 'Not found' };
    case 'wrong-method':
      return invalid('Method Not Allowed');
    case 'too-large':
      return { type: 'request_too_large', message: 'Request exceeds the maximum size' };
    case 'not-json':
      return invalid('The request body is not valid JSON');
    case 'shape':
      return invalid(shapeMessage(problem.problem));
    case 'rule':
      return invalid(problem.message);
    case 'unknown-model':
      return { type: 'not_found_error', message: `model: ${problem.model}` };
    case 'context-exceeded':
      return invalid(`prompt is too long: ${problem.tokens} tokens > ${problem.limit} maximum`);
    case 'reasoning-unsupported':
      return invalid('thinking: This model does not support thinking.');
    case 'reasoning-required':
      return invalid('thinking: This model does not support disabling thinking.');
    default:
      return problem satisfies never;
  }
}

function invalid(message: string) {
  return { type: 'invalid_request_error', message };
}

function shapeMessage(problem: ShapeProblem): string {
  const path = problem.path.join('.');
  switch (problem.kind) {
    case 'missing':
      return `${path}: Field required`;
    case 'unknown':
      return `${path}: Extra inputs are not permitted`;
    case 'not-simulated':
      return `${path}: This field is not simulated`;
    case 'type':
      return `${path}: Input should be ${typeWords(problem.expected)}`;
    case 'choice':
      return `${path}: Input should be ${listed(problem.allowed)}`;
    case 'range':
      return problem.min === undefined
        ? `${path}: Input should be less than or equal to ${problem.max}`
        : `${path}: Input should be greater than or equal to ${problem.min}`;
    case 'length':
      return problem.min === undefined
        ? `${path}: ${problem.of === 'array' ? 'List' : 'String'} should have at most ${problem.max} items`
        : `${path}: ${problem.of === 'array' ? 'List' : 'String'} should have at least ${problem.min} items`;
    case 'pattern':
      return `${path}: String should match pattern '${problem.pattern}'`;
    default:
      return problem satisfies never;
  }
}

const TYPE_WORDS: Readonly<Record<JsonType, string>> = {
  string: 'a valid string',
  integer: 'a valid integer',
  number: 'a valid number',
  boolean: 'a valid boolean',
  array: 'a valid list',
  object: 'a valid dictionary',
  null: 'null',
};

function typeWords(types: readonly JsonType[]): string {
  const words = [...new Set(types)].filter((type) => type !== 'null').map((type) => TYPE_WORDS[type]);
  return words.join(' or ');
}

function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) as string}`;
}
