import { ServiceError, unreachable } from '@switchyard/kernel';
import type { ErrorClass, ProviderError } from '@switchyard/llm';
import { AddressNotAllowedError } from '@switchyard/service-kit';
import type { AbortCause } from './attempt-deadline.ts';

/** A call that ended without an answer that a wire format could read. */
export interface TransportFailure {
  readonly error: ProviderError;
  /** Whether the provider may have begun to work, and so to charge. */
  readonly reached: boolean;
}

/** What is known of a call that was broken off. */
export interface BrokenCall {
  /** Why it was ended from this side; undefined where it was not. */
  readonly cause: AbortCause | undefined;
  /** Whether the request began to be written: without that, the provider knows nothing of it. */
  readonly reached: boolean;
}

/** What a thrown error of the transport means. */
export function classifyTransportError(thrown: unknown, { cause, reached }: BrokenCall): TransportFailure {
  return { reached, error: errorOf(thrown, cause) };
}

function errorOf(thrown: unknown, cause: AbortCause | undefined): ProviderError {
  switch (cause) {
    case 'caller':
      return failure('cancelled', 'the caller went away');
    case 'deadline':
      return failure('cancelled', "the caller's deadline passed");
    case 'outrun':
      return failure('cancelled', 'another attempt answered first');
    case 'first_token':
      return failure('timeout', 'no answer within the time to the first token');
    case 'between_tokens':
      return failure('timeout', 'the answer stopped for longer than the time between tokens');
    case 'total':
      return failure('timeout', 'no end of the answer within the total time');
    case undefined:
      // It counts against the provider, and others may be tried; the same one would be refused again.
      if (thrown instanceof AddressNotAllowedError)
        return { ...failure('connection', thrown.message), sameProviderRetry: false };
      // The answer is larger than is taken.
      if (thrown instanceof ServiceError) return failure('invalid_response', thrown.publicMessage);
      return failure('connection', `the connection failed: ${codeOf(thrown)}`);
    default:
      return unreachable(cause);
  }
}

function failure(errorClass: ErrorClass, detail: string): ProviderError {
  return {
    class: errorClass,
    retryable: errorClass !== 'cancelled',
    sameProviderRetry: errorClass === 'connection',
    retryAfterMs: undefined,
    detail,
    messageForCaller: undefined,
    providerCode: undefined,
    httpStatus: undefined,
  };
}

/**
 * Whether what was thrown says something of the provider, or of the way to it. All else is a failure of this side, and must
 * not count against the provider.
 */
export function isTransportError(thrown: unknown): boolean {
  if (thrown instanceof ServiceError) return thrown.reason !== 'OVERLOADED';
  return thrown instanceof AddressNotAllowedError || codeOf(thrown) !== undefined;
}

function codeOf(thrown: unknown): string | undefined {
  const { code, cause } = thrown as { code?: unknown; cause?: { code?: unknown } };
  const found = typeof code === 'string' ? code : cause?.code;
  return typeof found === 'string' ? found : undefined;
}
