import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { LedgerDays } from './postgres-ledger-days.ts';

const EVERY_MS = 3_600_000;
const RETRY_MS = 5_000;
const MS_PER_DAY = 24 * EVERY_MS;
/** Today and a week ahead. */
const DAYS_AHEAD = 8;

/** What days are kept with. */
export interface DaysKept {
  readonly days: LedgerDays;
  readonly clock: Clock;
  readonly log: Logger;
  /** Days after which entries are dropped. */
  readonly keptDays: number;
}

/**
 * Makes the ledger's partitions ahead of time, hourly, and drops those that are no longer kept. Days that come unexpectedly are made by
 * whoever writes them.
 */
export function keepDaysAhead({ days, clock, log, keptDays }: DaysKept): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  async function run(): Promise<void> {
    let nextMs = EVERY_MS;
    try {
      await days.ensureAhead({ fromMs: clock.wallMs(), days: DAYS_AHEAD });
      await days.forgetBefore(clock.wallMs() - keptDays * MS_PER_DAY);
    } catch (error) {
      log.warn({ err: error }, 'days of the ledger cannot be made or dropped yet; trying again');
      nextMs = RETRY_MS;
    }
    if (!stopped) timer = setTimeout(() => void run(), nextMs).unref();
  }
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
