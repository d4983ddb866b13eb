export interface RetryThrottleOptions {
  /** Size of the bucket, which is full at first; >0, ≤1000. Default 10. */
  readonly maxTokens: number;
  /** What one success puts back; >0. Default 0.1. */
  readonly tokenRatio: number;
}

const DEFAULTS: RetryThrottleOptions = { maxTokens: 10, tokenRatio: 0.1 };

/**
 * Lets retries go to a target as long as it mostly succeeds: gRPC's retry throttling (gRFC A6). A failure takes one
 * token, a success puts `tokenRatio` back, and retries pass while more than half of the tokens are left.
 *
 * Complements `RetryBudget`: a healthy target takes any number of failovers from a failing one, and a target that
 * fails itself stops taking them after a handful, whatever the load.
 */
export class RetryThrottle {
  readonly #maxTokens: number;
  readonly #tokenRatio: number;
  #tokens: number;

  /** @throws RangeError when an option is out of its range. */
  constructor(overrides: Partial<RetryThrottleOptions> = {}) {
    const { maxTokens, tokenRatio } = { ...DEFAULTS, ...overrides };
    if (!(maxTokens > 0 && maxTokens <= 1000)) throw new RangeError(`retry throttle maxTokens: ${maxTokens}`);
    if (!(tokenRatio > 0 && Number.isFinite(tokenRatio))) {
      throw new RangeError(`retry throttle tokenRatio: ${tokenRatio}`);
    }
    this.#maxTokens = maxTokens;
    this.#tokenRatio = tokenRatio;
    this.#tokens = maxTokens;
  }

  /** Tokens left, 0–`maxTokens`. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Whether a retry may go to this target now. */
  get allowsRetry(): boolean {
    return this.#tokens > this.#maxTokens / 2;
  }

  onSuccess(): void {
    this.#tokens = Math.min(this.#maxTokens, this.#tokens + this.#tokenRatio);
  }

  onFailure(): void {
    this.#tokens = Math.max(0, this.#tokens - 1);
  }
}
