import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { LedgerSeals } from '../ports.ts';
import { logOutcome } from './keep-days-sealed.ts';
import type { LedgerDays } from './postgres-ledger-days.ts';

const EVERY_MS = 3_600_000;
const RETRY_MS = 5_000;
const MS_PER_DAY = 24 * EVERY_MS;
/** Today and a week ahead. */
const DAYS_AHEAD = 8;

/** What days are kept with. */
export interface DaysKept {
  readonly days: LedgerDays;
  readonly seals: Pick<LedgerSeals, 'sealDay'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Days after which entries are dropped. */
  readonly keptDays: number;
}

/**
 * Makes the ledger's partitions ahead of time, hourly, and drops those that are no longer kept, once each is
 * sealed as it is; what was changed stays, for who looks into it. Days that come unexpectedly are made by
 * whoever writes them.
 */
export function keepDaysAhead({ days, seals, clock, log, keptDays }: DaysKept): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  async function run(): Promise<void> {
    let nextMs = EVERY_MS;
    try {
      await days.ensureAhead({ fromMs: clock.wallMs(), days: DAYS_AHEAD });
    } catch (error) {
      log.warn({ err: error }, 'days of the ledger cannot be made yet; trying again');
      nextMs = RETRY_MS;
    }
    if (nextMs === EVERY_MS) await forget();
    if (!stopped) timer = setTimeout(() => void run(), nextMs).unref();
  }
  async function forget(): Promise<void> {
    try {
      await days.forgetBefore(clock.wallMs() - keptDays * MS_PER_DAY, sealed);
    } catch (error) {
      log.warn({ err: error }, 'days of the ledger cannot be dropped yet; trying again in an hour');
    }
  }
  async function sealed(day: string): Promise<boolean> {
    const outcome = await seals.sealDay(day);
    if (outcome !== undefined) logOutcome(log, outcome);
    return outcome?.kind !== 'changed';
  }
  void run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
