import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { LedgerSeals } from '../ports.ts';

const EVERY_MS = 600_000;
const RETRY_MS = 5_000;
const HOUR_MS = 3_600_000;
/** Days that late records are looked for in. */
const DAYS_BACK = 60;

/** What seals days. */
export interface DaysSealed {
  readonly seals: LedgerSeals;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Seals days an hour after they end, and again where a record came late, one after another, so that a statement need not. Each seal is
 * logged, so that it is also known outside of the database that it guards.
 */
export function keepDaysSealed({ seals, clock, log }: DaysSealed): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  async function run(): Promise<void> {
    let nextMs = EVERY_MS;
    try {
      const toMs = clock.wallMs() - HOUR_MS;
      const sealed = await seals.sealNext({ fromMs: toMs - DAYS_BACK * 24 * HOUR_MS, toMs });
      if (sealed !== undefined) {
        log.info(
          { ...sealed, entries: Number(sealed.entries), amountNanoUsd: String(sealed.amountNanoUsd) },
          'a day of the ledger is sealed',
        );
        nextMs = 0;
      }
    } catch (error) {
      log.warn({ err: error }, 'a day of the ledger cannot be sealed now; trying again');
      nextMs = RETRY_MS;
    }
    if (!stopped) timer = setTimeout(start, nextMs).unref();
  }
  function start(): void {
    running = run();
  }
  start();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
