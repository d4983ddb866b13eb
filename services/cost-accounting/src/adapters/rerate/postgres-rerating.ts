import type { Postgres } from '@switchyard/service-kit';
import type { Rerating } from '../../domain/price/read-rerating.ts';
import { type Adjustment, rerate } from '../../domain/price/rerate.ts';
import { tooManyToRerate } from '../../errors.ts';
import type { CorrectionRun, ReratingResult, UsageRerating } from '../../ports.ts';
import { ADVISORY_LOCKS } from '../advisory-locks.ts';
import type { LedgerDays } from '../postgres-ledger-days.ts';
import { insertAdjustments } from './insert-adjustments.ts';
import { readChargedCalls } from './read-charged-calls.ts';

/** One correction at a time: what another one has adjusted is seen. */
const LOCK = `SELECT pg_advisory_xact_lock(${ADVISORY_LOCKS.rerating})`;
const MAX_CALLS = 100_000;

/** Corrects what was charged, in Postgres. A run is one transaction. */
export class PostgresRerating implements UsageRerating {
  readonly #postgres: Postgres;
  readonly #days: LedgerDays;

  constructor(postgres: Postgres, days: LedgerDays) {
    this.#postgres = postgres;
    this.#days = days;
  }

  async run(rerating: Rerating, run: CorrectionRun | undefined): Promise<ReratingResult> {
    if (run !== undefined) await this.#days.ensure(new Set([new Date(run.nowMs).toISOString().slice(0, 10)]));
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(LOCK);
      const calls = await readChargedCalls(transaction, rerating, MAX_CALLS + 1);
      if (calls.length > MAX_CALLS) throw tooManyToRerate(MAX_CALLS);
      const rerated = calls.map((call) => rerate(call, rerating.correction));
      const adjustments = rerated.flatMap((one) => (one.kind === 'adjust' ? [one.adjustment] : []));
      if (run !== undefined && adjustments.length > 0) await insertAdjustments(transaction, adjustments, run);
      return {
        ...sumsOf(adjustments),
        entries: calls.length,
        unpriced: rerated.filter(({ kind }) => kind === 'unpriced').length,
      };
    });
  }
}

const sumsOf = (adjustments: readonly Adjustment[]) => ({
  adjusted: adjustments.length,
  beforeNanoUsd: adjustments.reduce((sum, { of }) => sum + (of.costNanoUsd ?? 0n), 0n),
  afterNanoUsd: adjustments.reduce((sum, { afterNanoUsd }) => sum + afterNanoUsd, 0n),
});
