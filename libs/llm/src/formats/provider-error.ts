import { ERROR_CLASSES, type ErrorClass } from './error-classes.ts';
import { plainToken, withoutSecrets } from './safe-text.ts';

/** A failed call of a provider, classified. */
export interface ProviderError {
  /** What kind of failure; what follows from it is in `ERROR_CLASSES`. */
  readonly class: ErrorClass;
  /** Whether another candidate may be tried. */
  readonly retryable: boolean;
  /** Whether the same candidate may be tried again, after `retryAfterMs` or a backoff. */
  readonly sameProviderRetry: boolean;
  /** When the provider wants to be tried again, in ms from the time of classification. Not capped. */
  readonly retryAfterMs: number | undefined;
  /** What happened, in one line of at most 200 characters: no secrets, no prompts. May be stored and logged. */
  readonly detail: string;
  /**
   * The provider's own words, secrets taken out, at most 500 characters; `undefined` where it gave none. They can quote
   * the request, so they may go to the caller who wrote it, and nowhere else.
   */
  readonly messageForCaller: string | undefined;
  /** The provider's code or type of error ("rate_limit_exceeded"), at most 64 characters. */
  readonly providerCode: string | undefined;
  /** HTTP status; `undefined` where none came. */
  readonly httpStatus: number | undefined;
}

const MAX_MESSAGE_LENGTH = 500;

/** What is known of a failed call. */
export interface ProviderErrorInit {
  readonly class: ErrorClass;
  /** What happened in our own words. Default: made of status, code and parameter. */
  readonly detail?: string;
  readonly httpStatus?: number | undefined;
  /** The provider's code or type, unchecked. */
  readonly code?: unknown;
  /** The provider's name of the parameter at fault, unchecked. */
  readonly parameter?: unknown;
  /** The provider's text, unchecked. */
  readonly message?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** A classified error, with what follows from its class and only safe text. */
export function providerError(init: ProviderErrorInit): ProviderError {
  const rules = ERROR_CLASSES[init.class];
  const providerCode = plainToken(init.code);
  return {
    class: init.class,
    retryable: rules.failsOver,
    sameProviderRetry: rules.sameProviderRetry,
    retryAfterMs: init.retryAfterMs,
    detail: init.detail ?? describe(init.httpStatus, providerCode, plainToken(init.parameter)),
    messageForCaller:
      init.message === undefined ? undefined : withoutSecrets(init.message, MAX_MESSAGE_LENGTH),
    providerCode,
    httpStatus: init.httpStatus,
  };
}

/** An answer that is not what the format says. `detail` says what is wrong with it, without quoting it. */
export function invalidResponse(detail: string, httpStatus?: number): ProviderError {
  return providerError({ class: 'invalid_response', detail, httpStatus });
}

function describe(
  status: number | undefined,
  code: string | undefined,
  parameter: string | undefined,
): string {
  const parts = [
    status === undefined ? 'error in the stream' : `HTTP ${status}`,
    ...(code === undefined ? [] : [code]),
    ...(parameter === undefined ? [] : [`parameter ${parameter}`]),
  ];
  return parts.join(', ');
}
