/** How a call of a provider can fail. Names as in `switchyard.routing.v1.Attempt.outcome`. */
export type ErrorClass =
  | 'rate_limited'
  | 'overloaded'
  | 'server_error'
  | 'connection'
  | 'timeout'
  | 'invalid_response'
  | 'authentication'
  | 'permission'
  | 'invalid_request'
  | 'not_found'
  | 'context_length'
  | 'content_filter'
  | 'cancelled'
  | 'broken_stream'
  | 'quota';

/** What follows from an error of a class. */
export interface ErrorClassRules {
  /** Whether another candidate may be tried: it may succeed there. */
  readonly failsOver: boolean;
  /** Whether the same candidate may be tried again, after a delay. */
  readonly sameProviderRetry: boolean;
  /** Whether it counts against the candidate's health and opens its breaker. */
  readonly countsAgainstHealth: boolean;
  /** Whether the caller's request is the cause, so that the caller is told to change it. */
  readonly callersFault: boolean;
}

/** The provider failed, and would fail again. */
const PROVIDER_FAILED: ErrorClassRules = Object.freeze({
  failsOver: true,
  sameProviderRetry: false,
  countsAgainstHealth: true,
  callersFault: false,
});
/** The provider failed, and may not fail again. */
const PROVIDER_STUMBLED: ErrorClassRules = Object.freeze({ ...PROVIDER_FAILED, sameProviderRetry: true });
/** The provider is well, but wants a pause. */
const COOL_DOWN: ErrorClassRules = Object.freeze({ ...PROVIDER_STUMBLED, countsAgainstHealth: false });
/** The request is the cause, and would be everywhere. */
const CALLERS_FAULT: ErrorClassRules = Object.freeze({
  failsOver: false,
  sameProviderRetry: false,
  countsAgainstHealth: false,
  callersFault: true,
});
/** The request is the cause, but another candidate may take it. */
const DOES_NOT_FIT_HERE: ErrorClassRules = Object.freeze({ ...CALLERS_FAULT, failsOver: true });

/**
 * The one table of what follows from an error.
 *
 * - A rate limit says nothing about health: the candidate cools down, but is not ejected.
 * - A bad key, an exhausted account or a missing model fail every call at that candidate: they count against it.
 * - What is too long or too offensive for one provider, another may take. `invalid_request` is nearly always wrong
 *   everywhere, and trying everywhere would hide it.
 */
export const ERROR_CLASSES: Readonly<Record<ErrorClass, ErrorClassRules>> = Object.freeze({
  rate_limited: COOL_DOWN,
  overloaded: PROVIDER_STUMBLED,
  server_error: PROVIDER_STUMBLED,
  connection: PROVIDER_STUMBLED,
  timeout: PROVIDER_FAILED,
  invalid_response: PROVIDER_FAILED,
  broken_stream: PROVIDER_FAILED,
  authentication: PROVIDER_FAILED,
  permission: PROVIDER_FAILED,
  quota: PROVIDER_FAILED,
  not_found: PROVIDER_FAILED,
  context_length: DOES_NOT_FIT_HERE,
  content_filter: DOES_NOT_FIT_HERE,
  invalid_request: CALLERS_FAULT,
  cancelled: CALLERS_FAULT,
});
