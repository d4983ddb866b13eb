import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
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
export function keepDaysAhead(kept: DaysKept): () => Promise<void> {
  const { days, clock, log } = kept;
  const loop = new Loop({
    everyMs: EVERY_MS,
    run: async () => {
      try {
        await days.ensureAhead({ fromMs: clock.wallMs(), days: DAYS_AHEAD });
      } catch (error) {
        log.warn({ err: error }, 'days of the ledger cannot be made yet; trying again');
        return RETRY_MS;
      }
      await forgetDays(kept);
      return EVERY_MS;
    },
  });
  return () => loop.close();
}

async function forgetDays({ days, seals, clock, log, keptDays }: DaysKept): Promise<void> {
  try {
    await days.forgetBefore(clock.wallMs() - keptDays * MS_PER_DAY, async (day) => {
      const outcome = await seals.sealDay(day);
      if (outcome !== undefined) logOutcome(log, outcome);
      return outcome?.kind !== 'changed';
    });
  } catch (error) {
    log.warn({ err: error }, 'days of the ledger cannot be dropped yet; trying again in an hour');
  }
}
