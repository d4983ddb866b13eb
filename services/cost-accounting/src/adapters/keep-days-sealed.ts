import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { PostgresLedgerSeals } from './postgres-ledger-seals.ts';

const EVERY_MS = 600_000;
const HOUR_MS = 3_600_000;
/** Days that late records are looked for in. */
const DAYS_BACK = 60;

/** What seals days. */
export interface DaysSealed {
  readonly seals: PostgresLedgerSeals;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Seals days an hour after they end, and again where a record came late, one after another, so that a statement need not. */
export function keepDaysSealed({ seals, clock, log }: DaysSealed): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  async function run(): Promise<void> {
    let nextMs = EVERY_MS;
    try {
      const toMs = clock.wallMs() - HOUR_MS;
      if (await seals.sealNext({ fromMs: toMs - DAYS_BACK * 24 * HOUR_MS, toMs })) nextMs = 0;
    } catch (error) {
      log.warn({ err: error }, 'a day of the ledger cannot be sealed now; trying again');
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
