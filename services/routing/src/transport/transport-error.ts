import type { ErrorClass, ProviderError } from '@switchyard/llm';
import { AddressNotAllowedError } from '@switchyard/service-kit';
import type { AbortCause } from './attempt-deadline.ts';

/** A call that ended without an answer that a wire format could read. */
export interface TransportFailure {
  readonly error: ProviderError;
  /** Whether the provider may have begun to work, and so to charge. */
  readonly reached: boolean;
}

/** Error codes that mean that no connection came about. Sources: Node's system errors, undici's errors. */
const NOT_REACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'EPROTO',
]);

/** What a thrown error of the transport means. `cause` tells whether it was ended from this side. */
export function classifyTransportError(thrown: unknown, cause: AbortCause | undefined): TransportFailure {
  switch (cause) {
    case 'caller':
      return failure('cancelled', 'the caller went away');
    case 'deadline':
      return failure('cancelled', "the caller's deadline passed");
    case 'first_token':
      return failure('timeout', 'no answer within the time to the first token');
    case 'between_tokens':
      return failure('timeout', 'the answer stopped for longer than the time between tokens');
    case 'total':
      return failure('timeout', 'no end of the answer within the total time');
    case undefined: {
      if (thrown instanceof AddressNotAllowedError) return notAllowed(thrown);
      const code = codeOf(thrown);
      return failure('connection', `the connection failed: ${code}`, !NOT_REACHED.has(code));
    }
  }
}

/** It counts against the provider, and others may be tried; the same one would be refused again. */
function notAllowed({ message }: AddressNotAllowedError): TransportFailure {
  const { error, reached } = failure('connection', message, false);
  return { reached, error: { ...error, sameProviderRetry: false } };
}

function failure(errorClass: ErrorClass, detail: string, reached = true): TransportFailure {
  return {
    reached,
    error: {
      class: errorClass,
      retryable: errorClass !== 'cancelled',
      sameProviderRetry: errorClass === 'connection',
      retryAfterMs: undefined,
      detail,
      messageForCaller: undefined,
      providerCode: undefined,
      httpStatus: undefined,
    },
  };
}

function codeOf(thrown: unknown): string {
  const { code, cause } = thrown as { code?: unknown; cause?: { code?: unknown } };
  const found = typeof code === 'string' ? code : cause?.code;
  return typeof found === 'string' ? found : 'unknown';
}
