/**
 * Leave to make one call, given by `CircuitBreaker.tryAcquire` and handed back with the call's outcome.
 * Opaque to callers except for `kind`. While the breaker is closed all calls share one permit object,
 * so that the common path allocates nothing.
 */
export interface Permit {
  /** `probe`: one of the few calls that find out whether the target is back; `call`: everything else. */
  readonly kind: 'call' | 'probe';
  /** Which closed or half-open period the permit belongs to; outcomes of an earlier period are not counted. */
  readonly epoch: number;
  /** When an unanswered probe counts as failed, monotonic ms; `Infinity` for a `call`. */
  readonly expiresAtMs: number;
}
