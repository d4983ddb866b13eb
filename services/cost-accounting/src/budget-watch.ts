import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import type { PostgresBudgetAlerts } from './adapters/alerts/postgres-budget-alerts.ts';

export interface BudgetWatchOptions {
  readonly alerts: Pick<PostgresBudgetAlerts, 'watch' | 'forget'>;
  /** Somebody is to be told. */
  readonly onReached: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 1_000;
const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 30 * DAY_MS;
/** A minute's windows that have reached nothing are 1,440 a day of each budget. */
const MINUTES_KEPT_MS = 2 * DAY_MS;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Looks once a second what windows have reached. Every replica does; what one of them has kept no other keeps again, so that a
 * replica that is killed is missed by nobody.
 */
export class BudgetWatch {
  readonly #options: BudgetWatchOptions;
  readonly #loop: Loop;
  #forgotAtMs: number;
  #isBroken = false;

  constructor(options: BudgetWatchOptions) {
    this.#options = options;
    this.#forgotAtMs = options.clock.monotonicMs();
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#turn() });
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #turn(): Promise<void> {
    const { alerts, onReached, clock, log } = this.#options;
    try {
      if ((await alerts.watch(clock.wallMs())) > 0) {
        onReached();
        // There may be more.
        this.#loop.wake();
      }
      await this.#forget();
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) log.warn({ err: error }, 'budgets cannot be watched; trying again');
      this.#isBroken = true;
    }
  }

  async #forget(): Promise<void> {
    const { alerts, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#forgotAtMs < FORGET_EVERY_MS) return;
    const atMs = clock.wallMs();
    const isMore = await alerts.forget({ endedMs: atMs - KEPT_MS, minuteEndedMs: atMs - MINUTES_KEPT_MS });
    // The next look goes on.
    if (!isMore) this.#forgotAtMs = nowMs;
  }
}
