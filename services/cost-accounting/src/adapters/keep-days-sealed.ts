import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import type { SealOutcome } from '../domain/ledger/ledger-seal.ts';
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
 * logged, so that it is also known outside of the database that it guards. A day that sealing does not help is told of once, and passed over
 * until another entry of it comes.
 */
export function keepDaysSealed({ seals, clock, log }: DaysSealed): () => Promise<void> {
  /** Days of the period only. */
  const passed = new Map<string, bigint>();
  const loop = new Loop({
    everyMs: EVERY_MS,
    run: async () => {
      try {
        const toMs = clock.wallMs() - HOUR_MS;
        const period = { fromMs: toMs - DAYS_BACK * 24 * HOUR_MS, toMs };
        const first = new Date(period.fromMs).toISOString().slice(0, 10);
        for (const day of passed.keys()) if (day < first) passed.delete(day);
        const outcome = await seals.sealNext(period, passed);
        if (outcome === undefined) return EVERY_MS;
        logOutcome(log, outcome);
        if (outcome.kind !== 'sealed') passed.set(outcome.day, outcome.counted);
        return 0;
      } catch (error) {
        log.warn({ err: error }, 'a day of the ledger cannot be sealed now; trying again');
        return RETRY_MS;
      }
    },
  });
  return () => loop.close();
}

/** Tells what came of sealing a day. */
export function logOutcome(log: Logger, outcome: SealOutcome): void {
  const { day, kind } = outcome;
  const counted = Number(outcome.counted);
  if (kind === 'changed') {
    log.error(
      { day, counted },
      'a day of the ledger was changed after it was sealed: it is not sealed again',
    );
    return;
  }
  const { seal } = outcome;
  const said = { ...seal, entries: Number(seal.entries), amountNanoUsd: String(seal.amountNanoUsd) };
  log.info(said, 'a day of the ledger is sealed');
  if (kind === 'differs')
    log.warn({ day, counted, entries: said.entries }, 'roll-ups count other entries than a day has');
}
