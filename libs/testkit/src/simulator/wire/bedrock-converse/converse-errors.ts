import { bracketPath, type ShapeProblem } from '../../shape/shape-problem.ts';
import { retryAfterHeaders } from '../retry-after.ts';
import type { AskedFailure, RequestProblem, Stamp, WireError } from '../wire-format.ts';
import { eventMessage } from './event-message.ts';

/** Exceptions and the status each comes with: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  ValidationException: 400,
  UnrecognizedClientException: 403,
  InvalidSignatureException: 403,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ModelTimeoutException: 408,
  ModelErrorException: 424,
  ThrottlingException: 429,
  InternalServerException: 500,
  ServiceUnavailableException: 503,
};

const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
  529: 'ServiceUnavailableException',
};

const MESSAGE_OF_TYPE: Readonly<Record<string, string>> = {
  ThrottlingException: 'Too many requests, please wait before trying again.',
  UnrecognizedClientException: 'The security token included in the request is invalid.',
  ServiceUnavailableException: 'Bedrock is unable to process your request.',
  InternalServerException:
    'The system encountered an unexpected error during processing. Try your request again.',
};

/** A refusal in Bedrock's words. */
export function converseRefusal(problem: RequestProblem): WireError {
  switch (problem.kind) {
    case 'no-key':
      return wireError('UnrecognizedClientException', 'Missing Authentication Token');
    case 'wrong-key':
      return wireError('UnrecognizedClientException');
    case 'rule':
      return problem.code === undefined ? invalid(problem.message) : wireError(problem.code, problem.message);
    case 'not-found':
    case 'wrong-method':
      return wireError('UnknownOperationException', 'The operation is not known.');
    case 'unknown-model':
      return invalid('The provided model identifier is invalid.');
    case 'context-exceeded':
      return invalid('Input is too long for requested model.');
    case 'not-json':
      return wireError('SerializationException', 'The body is not valid JSON.');
    case 'too-large':
      return { ...invalid('The request is too large.'), status: 413 };
    case 'shape':
      return invalid(shapeMessage(problem.problem));
    case 'wrong-version':
      return invalid('The version is not known.');
    case 'reasoning-unsupported':
      return invalid('The model returned the following errors: thinking is not supported by this model');
    case 'reasoning-required':
      return invalid('The model returned the following errors: thinking cannot be disabled');
    default:
      return problem satisfies never;
  }
}

/** An error that a fault asked for. */
export function converseFailure(failure: AskedFailure, stamp: Stamp): WireError {
  const type = typeOf(failure);
  const error = wireError(type, failure.message ?? MESSAGE_OF_TYPE[type] ?? 'Simulated error.');
  return {
    ...error,
    ...(failure.status !== undefined && { status: failure.status }),
    headers: { ...error.headers, ...retryAfterHeaders(failure.retryAfter, stamp.unixMs) },
  };
}

/** An exception in the stream: there its type begins with a small letter. */
export function converseErrorFrame(failure: AskedFailure): Buffer {
  const type = typeOf(failure);
  const headers = {
    ':exception-type': `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  };
  const message = failure.message ?? MESSAGE_OF_TYPE[type] ?? 'Simulated error.';
  return eventMessage(headers, JSON.stringify({ message }));
}

function typeOf({ errorType, status = 503 }: AskedFailure): string {
  if (errorType !== undefined) return `${errorType.slice(0, 1).toUpperCase()}${errorType.slice(1)}`;
  return TYPE_OF_STATUS[status] ?? (status < 500 ? 'ValidationException' : 'InternalServerException');
}

const invalid = (message: string): WireError => wireError('ValidationException', message);

function wireError(type: string, message = MESSAGE_OF_TYPE[type] ?? 'Simulated error.'): WireError {
  return {
    status: STATUS_OF_TYPE[type] ?? 400,
    body: JSON.stringify({ message }),
    headers: { 'x-amzn-errortype': type },
  };
}

function shapeMessage(problem: ShapeProblem): string {
  const field = bracketPath(problem.path);
  switch (problem.kind) {
    case 'missing':
      return `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`;
    case 'unknown':
      return `The member ${field} is not known.`;
    case 'not-simulated':
      return `${field} is not simulated`;
    case 'choice':
      return `Value at '${field}' failed to satisfy constraint: Member must satisfy enum value set: [${problem.allowed.join(', ')}]`;
    default:
      return `1 validation error detected: Value at '${field}' failed to satisfy constraint`;
  }
}
