import type { ShapeProblem } from '../../shape/shape-problem.ts';
import { retryAfterHeaders, retryAfterSeconds } from '../retry-after.ts';
import type { AskedFailure, RequestProblem, Stamp, WireError } from '../wire-format.ts';
import { generateShapeWords } from './generate-shape-words.ts';

/** Google's canonical codes and the status each comes with (google.rpc.Code). */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

const MESSAGE_OF_CODE: Readonly<Record<string, string>> = {
  RESOURCE_EXHAUSTED: 'You exceeded your current quota (simulated).',
  INTERNAL: 'An internal error has occurred (simulated).',
  UNAVAILABLE: 'The model is overloaded. Please try again later. (simulated)',
  DEADLINE_EXCEEDED: 'Deadline expired before operation could complete. (simulated)',
};

/** A refusal in Google's words. Wrong keys are 400 and missing ones 403, as the real API answers. */
export function generateRefusal(problem: RequestProblem): WireError {
  switch (problem.kind) {
    case 'no-key':
      return wireError({
        code: 'PERMISSION_DENIED',
        message:
          "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      });
    case 'wrong-key':
      return wrongKey();
    case 'wrong-version':
      return invalid('Wrong version.');
    case 'not-found':
    case 'wrong-method':
      return wireError({
        code: 'NOT_FOUND',
        message: `The requested URL ${problem.target.path} was not found on this server.`,
      });
    case 'too-large':
      return invalid(`Request payload size exceeds the limit: ${problem.maxBytes} bytes.`);
    case 'not-json':
      return invalid('Invalid JSON payload received. Unexpected token.');
    case 'shape':
      return shapeError(problem.problem);
    case 'rule':
      return invalid(problem.message);
    case 'unknown-model':
      return wireError({
        code: 'NOT_FOUND',
        message: `models/${problem.model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
      });
    case 'context-exceeded':
      return invalid(
        `The input token count (${problem.tokens}) exceeds the maximum number of tokens allowed (${problem.limit}).`,
      );
    case 'reasoning-unsupported':
      return invalid('Thinking is not enabled for this model.');
    case 'reasoning-required':
      return invalid('Budget 0 is invalid. This model only works in thinking mode.');
    default:
      return problem satisfies never;
  }
}

/** An error that a fault asked for. `RetryInfo` is in its body whenever there is a time to come back. */
export function generateFailure(failure: AskedFailure, stamp: Stamp): WireError {
  const code = failure.errorType ?? (failure.status === undefined ? 'UNAVAILABLE' : codeOf(failure.status));
  const seconds = retryAfterSeconds(failure.retryAfter);
  return wireError({
    code,
    status: failure.status,
    message: failure.message ?? MESSAGE_OF_CODE[code] ?? 'Simulated error.',
    details:
      seconds === undefined
        ? []
        : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }],
    headers: retryAfterHeaders(failure.retryAfter, stamp.unixMs),
  });
}

/**
 * The real API ends a failing stream with the bare error object, not with an event; some gateways frame it.
 * `raw` is the default.
 */
export function generateErrorFrame(
  failure: AskedFailure & { readonly framing?: 'raw' | 'event' },
  stamp: Stamp,
): string {
  const { body } = generateFailure(failure, stamp);
  return failure.framing === 'event' ? `data: ${JSON.stringify(JSON.parse(body))}\r\n\r\n` : `${body}\n`;
}

interface ErrorParts {
  readonly code: string;
  readonly message: string;
  readonly status?: number | undefined;
  readonly details?: readonly object[];
  readonly headers?: Record<string, string>;
}

function wireError({ code, message, status, details = [], headers = {} }: ErrorParts): WireError {
  const httpStatus = status ?? STATUS_OF_CODE[code] ?? 500;
  const error = { code: httpStatus, message, status: code, ...(details.length > 0 && { details }) };
  return { status: httpStatus, body: JSON.stringify({ error }, null, 2), headers };
}

function invalid(message: string): WireError {
  return wireError({ code: 'INVALID_ARGUMENT', message });
}

function wrongKey(): WireError {
  const message = 'API key not valid. Please pass a valid API key.';
  return wireError({
    code: 'INVALID_ARGUMENT',
    message,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
      { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
    ],
  });
}

function codeOf(status: number): string {
  const known = Object.entries(STATUS_OF_CODE).find(([, its]) => its === status);
  return known?.[0] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
}

function shapeError(problem: ShapeProblem): WireError {
  const { field, description } = generateShapeWords(problem);
  return wireError({
    code: 'INVALID_ARGUMENT',
    message: description,
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ ...(field !== '' && { field }), description }],
      },
    ],
  });
}
