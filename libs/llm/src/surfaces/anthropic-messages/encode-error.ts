import type { ServiceError, StatusCode } from '@switchyard/kernel';
import { errorHeaders } from '../error-headers.ts';
import type { SurfaceError } from '../surface.ts';

/** An error in Anthropic's shape. Source: https://platform.claude.com/docs/en/api/errors */
export interface MessagesError extends SurfaceError {
  readonly body: {
    readonly type: 'error';
    readonly error: { readonly type: string; readonly message: string };
    readonly request_id: string | null;
    /** What Anthropic has no field for. */
    readonly switchyard: {
      readonly reason: string;
      readonly fields: readonly { readonly field: string; readonly description: string }[];
    };
  };
}

/** HTTP status and Anthropic's type for each gRPC status. UNIMPLEMENTED is the caller's to change. */
const BY_CODE: Readonly<Record<StatusCode, readonly [status: number, type: string]>> = {
  INVALID_ARGUMENT: [400, 'invalid_request_error'],
  FAILED_PRECONDITION: [400, 'invalid_request_error'],
  OUT_OF_RANGE: [400, 'invalid_request_error'],
  UNIMPLEMENTED: [400, 'invalid_request_error'],
  UNAUTHENTICATED: [401, 'authentication_error'],
  PERMISSION_DENIED: [403, 'permission_error'],
  NOT_FOUND: [404, 'not_found_error'],
  ALREADY_EXISTS: [409, 'invalid_request_error'],
  ABORTED: [409, 'conflict_error'],
  RESOURCE_EXHAUSTED: [429, 'rate_limit_error'],
  CANCELLED: [499, 'api_error'],
  INTERNAL: [500, 'api_error'],
  UNKNOWN: [500, 'api_error'],
  DATA_LOSS: [500, 'api_error'],
  UNAVAILABLE: [529, 'overloaded_error'],
  DEADLINE_EXCEEDED: [504, 'timeout_error'],
};

/** Reasons that this API has a status of its own for. */
const BY_REASON: ReadonlyMap<string, readonly [status: number, type: string]> = new Map([
  ['BODY_TOO_LARGE', [413, 'request_too_large']],
]);

/** A service's error as this surface tells it; only its public text. */
export function encodeMessagesError(error: ServiceError): MessagesError {
  const [status, type] = BY_REASON.get(error.reason) ?? BY_CODE[error.code];
  return {
    status,
    headers: errorHeaders(error, status),
    body: {
      type: 'error',
      error: { type, message: error.publicMessage },
      request_id: error.metadata.request_id ?? null,
      switchyard: {
        reason: error.reason,
        fields: error.violations.map(({ field, description }) => ({ field, description })),
      },
    },
  };
}
