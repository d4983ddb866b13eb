import { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts';
import { RetryThrottle, type RetryThrottleOptions } from './retry-throttle.ts';

/** What an attempt has taken at a target's gate; it goes back by `end`. `free`: nothing. */
export type RetryLeave = 'request' | 'retry' | 'free';

/**
 * Lets attempts go to one target: first ones always, retries while the target mostly works, and where it does not only so
 * many as its budget allows. One gate per target, so that one that fails does not hold back what another could answer; a
 * failover is a retry at the target that it goes to.
 */
export class RetryGate {
  readonly #throttle: RetryThrottle;
  readonly #budget: RetryBudget;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: Partial<RetryBudgetOptions & RetryThrottleOptions> = {}) {
    this.#throttle = new RetryThrottle(options);
    this.#budget = new RetryBudget(options);
  }

  /** Whether more of the latest calls have failed than the throttle forgives. */
  get mostlyFails(): boolean {
    return !this.#throttle.allowsRetry;
  }

  /** A first attempt goes out. */
  startRequest(): RetryLeave {
    this.#budget.startRequest();
    return 'request';
  }

  /** Leave for a retry; undefined: not now. Take it before waiting: one that waits is under way. */
  tryStartRetry(): RetryLeave | undefined {
    if (this.#throttle.allowsRetry) return 'free';
    return this.#budget.tryStartRetry() ? 'retry' : undefined;
  }

  /** An attempt has ended, whatever came of it. */
  end(leave: RetryLeave): void {
    if (leave === 'request') this.#budget.endRequest();
    else if (leave === 'retry') this.#budget.endRetry();
  }

  onSuccess(): void {
    this.#throttle.onSuccess();
  }

  onFailure(): void {
    this.#throttle.onFailure();
  }
}
