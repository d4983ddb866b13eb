import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { LedgerDays } from './postgres-ledger-days.ts';

const EVERY_MS = 3_600_000;
const RETRY_MS = 5_000;
/** Today and a week ahead. */
const DAYS_AHEAD = 8;

/** Makes the ledger's partitions ahead of time, hourly. Days that come unexpectedly are made by whoever writes them. */
export function keepDaysAhead({
  days,
  clock,
  log,
}: {
  days: LedgerDays;
  clock: Clock;
  log: Logger;
}): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  async function run(): Promise<void> {
    let nextMs = EVERY_MS;
    try {
      await days.ensureAhead({ fromMs: clock.wallMs(), days: DAYS_AHEAD });
    } catch (error) {
      log.warn({ err: error }, 'the next days of the ledger cannot be made yet; trying again');
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
