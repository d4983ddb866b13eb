import {
  type ClaimedDelivery,
  claimDeliveries,
  type DeliveryNext,
  settleDelivery,
} from '@switchyard/alerting';
import { uuidV7 } from '@switchyard/kernel';
import type { Postgres } from '@switchyard/service-kit';
import { ADVISORY_LOCKS } from '../advisory-locks.ts';
import { findReached } from './find-reached.ts';
import { readReached } from './read-reached.ts';
import { recordReached } from './record-reached.ts';
import { SCHEMA } from './schema.ts';
import { setActing } from './set-acting.ts';

/** Whoever has it looks at windows; the others look the next time. */
const LOCK = ADVISORY_LOCKS.budgetAlerts;
/** What windows have reached that is kept at once. */
const AT_ONCE = 100;
const FORGET = `
  DELETE FROM cost_accounting.budget_alerts AS told USING cost_accounting.budget_windows AS known
  WHERE known.budget = told.budget AND known.start_ms = told.start_ms AND known.end_ms < $1`;

/** What budgets have reached and who is to be told, in the service's own database. Each call is one transaction. */
export class PostgresBudgetAlerts {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Puts actions into force, and keeps what windows have newly reached, and who is to be told of it. @returns how much that was */
  watch(nowMs: number): Promise<number> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_xact_lock(${LOCK}) AS mine`,
      );
      if (rows[0]?.mine !== true) return 0;
      await setActing(transaction, nowMs);
      const reached = await findReached(transaction, { nowMs, limit: AT_ONCE });
      for (const one of reached) await recordReached(transaction, one, { newId: () => uuidV7(nowMs), nowMs });
      return reached.length;
    });
  }

  claim(limit: number): Promise<readonly ClaimedDelivery[]> {
    return this.#postgres.asSystem((transaction) => claimDeliveries(transaction, { schema: SCHEMA, limit }));
  }

  settle(id: string, next: DeliveryNext): Promise<void> {
    return this.#postgres.asSystem((transaction) =>
      settleDelivery(transaction, { schema: SCHEMA, id, next }),
    );
  }

  read(alertId: string): ReturnType<typeof readReached> {
    return this.#postgres.asSystem((transaction) => readReached(transaction, alertId));
  }

  /** Removes what was reached in windows that ended before an instant, in wall milliseconds. */
  async forget(beforeMs: number): Promise<void> {
    await this.#postgres.asSystem((transaction) => transaction.query(FORGET, [beforeMs]));
  }
}
