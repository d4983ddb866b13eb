import type { ServiceError, StatusCode } from '@switchyard/kernel';
import { errorHeaders } from '../error-headers.ts';
import type { SurfaceError } from '../surface.ts';

/** An error in OpenAI's shape. */
export interface ChatError extends SurfaceError {
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: string | null;
      readonly code: string | null;
    };
  };
}

/**
 * HTTP status and OpenAI's type for each gRPC status. UNIMPLEMENTED is the caller's to change, and a 5xx would be tried
 * again by OpenAI's clients, so it is a 400.
 */
const BY_CODE: Readonly<Record<StatusCode, readonly [status: number, type: string]>> = {
  INVALID_ARGUMENT: [400, 'invalid_request_error'],
  FAILED_PRECONDITION: [400, 'invalid_request_error'],
  OUT_OF_RANGE: [400, 'invalid_request_error'],
  UNIMPLEMENTED: [400, 'invalid_request_error'],
  UNAUTHENTICATED: [401, 'authentication_error'],
  PERMISSION_DENIED: [403, 'permission_error'],
  NOT_FOUND: [404, 'invalid_request_error'],
  ALREADY_EXISTS: [409, 'invalid_request_error'],
  ABORTED: [409, 'conflict_error'],
  RESOURCE_EXHAUSTED: [429, 'rate_limit_error'],
  CANCELLED: [499, 'cancelled'],
  INTERNAL: [500, 'server_error'],
  UNKNOWN: [500, 'server_error'],
  DATA_LOSS: [500, 'server_error'],
  UNAVAILABLE: [503, 'server_error'],
  DEADLINE_EXCEEDED: [504, 'timeout_error'],
};

/** Reasons that HTTP has a status of its own for. */
const BY_REASON: ReadonlyMap<string, readonly [status: number, type: string]> = new Map([
  ['BODY_TOO_LARGE', [413, 'invalid_request_error']],
  ['BUDGET_EXCEEDED', [429, 'insufficient_quota']],
]);

/** Reasons that OpenAI has a code of its own for. Source: https://platform.openai.com/docs/guides/error-codes */
const OPENAI_CODES: ReadonlyMap<string, string> = new Map([['BUDGET_EXCEEDED', 'insufficient_quota']]);

/** A service's error as the HTTP surface tells it; only its public text. */
export function encodeChatError(error: ServiceError): ChatError {
  const [status, type] = BY_REASON.get(error.reason) ?? BY_CODE[error.code];
  return {
    status,
    headers: errorHeaders(error, status),
    body: {
      error: {
        message: error.publicMessage,
        type,
        param: error.violations[0]?.field || null,
        code: codeOf(error),
      },
    },
  };
}

function codeOf({ code, reason }: ServiceError): string {
  if (code === 'UNAUTHENTICATED') return 'invalid_api_key';
  return OPENAI_CODES.get(reason) ?? reason.toLowerCase();
}
