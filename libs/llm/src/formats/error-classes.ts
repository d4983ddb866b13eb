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

const rules = (
  failsOver: 'fails over' | 'ends',
  retry: 'retry here' | 'not here',
  health: 'unhealthy' | 'healthy',
  fault: 'provider' | 'caller',
): ErrorClassRules =>
  Object.freeze({
    failsOver: failsOver === 'fails over',
    sameProviderRetry: retry === 'retry here',
    countsAgainstHealth: health === 'unhealthy',
    callersFault: fault === 'caller',
  });

/**
 * The one table of what follows from an error.
 *
 * - A rate limit says nothing about health: the candidate cools down, but is not ejected.
 * - A bad key, an exhausted account or a missing model fail every call at that candidate: they count against it.
 * - A request that one provider finds invalid, too long or offensive, another may take, so these fail over too,
 *   except for `invalid_request`: it is nearly always wrong everywhere, and trying everywhere hides it.
 */
export const ERROR_CLASSES: Readonly<Record<ErrorClass, ErrorClassRules>> = Object.freeze({
  rate_limited: rules('fails over', 'retry here', 'healthy', 'provider'),
  overloaded: rules('fails over', 'retry here', 'unhealthy', 'provider'),
  server_error: rules('fails over', 'retry here', 'unhealthy', 'provider'),
  connection: rules('fails over', 'retry here', 'unhealthy', 'provider'),
  timeout: rules('fails over', 'not here', 'unhealthy', 'provider'),
  invalid_response: rules('fails over', 'not here', 'unhealthy', 'provider'),
  authentication: rules('fails over', 'not here', 'unhealthy', 'provider'),
  permission: rules('fails over', 'not here', 'unhealthy', 'provider'),
  quota: rules('fails over', 'not here', 'unhealthy', 'provider'),
  not_found: rules('fails over', 'not here', 'unhealthy', 'provider'),
  invalid_request: rules('ends', 'not here', 'healthy', 'caller'),
  context_length: rules('fails over', 'not here', 'healthy', 'caller'),
  content_filter: rules('fails over', 'not here', 'healthy', 'caller'),
  cancelled: rules('ends', 'not here', 'healthy', 'caller'),
  broken_stream: rules('fails over', 'not here', 'unhealthy', 'provider'),
});
