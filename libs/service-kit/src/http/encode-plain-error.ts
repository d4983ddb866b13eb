import type { ServiceError, StatusCode } from '@switchyard/kernel';
import type { HttpError } from './http-call.ts';

/** Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUS: Readonly<Record<StatusCode, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNKNOWN: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** A service's error as JSON, as google.rpc.Status is written: for APIs that are nobody else's. Source: https://google.aip.dev/193 */
export function encodePlainError(error: ServiceError): HttpError {
  const { code, reason, publicMessage: message, metadata, violations, retryAfterMs } = error;
  const status = STATUS[code];
  const fields = violations.length === 0 ? [] : [{ '@type': BAD_REQUEST, fieldViolations: violations }];
  return {
    status,
    headers: retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) },
    body: {
      error: {
        ...{ code: status, status: code, message },
        details: [{ '@type': ERROR_INFO, reason, metadata }, ...fields],
      },
    },
  };
}

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
