export interface RetryBudgetOptions {
  /** Retries allowed per active request, ≥0. Default 0.2. */
  readonly ratio: number;
  /** Retries that are always allowed at once, whatever the load; whole, ≥0. Default 3. */
  readonly minConcurrent: number;
}

const DEFAULTS: RetryBudgetOptions = { ratio: 0.2, minConcurrent: 3 };

/**
 * Bounds the retries under way at one target to a share of its requests, so that retries can't multiply an outage.
 *
 * Form: Envoy's `RetryBudget` (budget_percent 20, min_retry_concurrency 3). One difference: the share is taken of
 * first attempts only, where Envoy counts retries among the active requests; this keeps attempts at 1.2 per request
 * where Envoy's form tends to 1.25.
 *
 * One budget per target, so that a bad provider doesn't use up the retries of a good one. A failover to another
 * target is a retry *there*. A target that gets failovers only has few first attempts of its own, so its budget is
 * small: ask its `RetryThrottle` first, which lets everything through while the target works.
 *
 * Below 15 requests at once the floor is more than 20 %; there it is the breakers that bound attempts.
 */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  #requests = 0;
  #retries = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(overrides: Partial<RetryBudgetOptions> = {}) {
    this.#options = { ...DEFAULTS, ...overrides };
    const { ratio, minConcurrent } = this.#options;
    if (!(ratio >= 0 && Number.isFinite(ratio))) throw new RangeError(`retry budget ratio: ${ratio}`);
    if (!Number.isInteger(minConcurrent) || minConcurrent < 0) {
      throw new RangeError(`retry budget minConcurrent: ${minConcurrent}`);
    }
  }

  /** First attempts under way. */
  get activeRequests(): number {
    return this.#requests;
  }

  /** Retries under way. */
  get activeRetries(): number {
    return this.#retries;
  }

  /** Retries that may be under way now; whole. */
  get limit(): number {
    return Math.max(this.#options.minConcurrent, Math.floor(this.#requests * this.#options.ratio));
  }

  /** A first attempt goes out. Pair with `endRequest`. */
  startRequest(): void {
    this.#requests += 1;
  }

  endRequest(): void {
    this.#requests = Math.max(0, this.#requests - 1);
  }

  /** Whether one more retry may go out. When true it counts as under way: pair with `endRetry`. */
  tryStartRetry(): boolean {
    if (this.#retries >= this.limit) return false;
    this.#retries += 1;
    return true;
  }

  endRetry(): void {
    this.#retries = Math.max(0, this.#retries - 1);
  }
}
