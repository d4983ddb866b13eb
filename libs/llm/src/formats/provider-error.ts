import type { ErrorClass } from './error-classes.ts';

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
