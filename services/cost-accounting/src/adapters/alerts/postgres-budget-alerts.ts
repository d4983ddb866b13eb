import {
  type ClaimedDelivery,
  claimDeliveries,
  type DeliveryNext,
  settleDelivery,
} from '@switchyard/alerting';
import { uuidV7 } from '@switchyard/kernel';
import type { Postgres } from '@switchyard/service-kit';
import { ADVISORY_LOCKS } from '../advisory-locks.ts';
import { keepBudgets } from '../budget-lock.ts';
import { findReached } from './find-reached.ts';
import { readReached } from './read-reached.ts';
import { recordReached } from './record-reached.ts';
import { SCHEMA } from './schema.ts';
import { setActing } from './set-acting.ts';

/** Whoever has it looks at windows; the others look the next time. */
const LOCK = ADVISORY_LOCKS.budgetAlerts;
/** What windows have reached that is kept at once. */
const AT_ONCE = 100;
/** Windows of one transaction. */
const FORGOTTEN_AT_ONCE = 10_000;
// With what replicas had of them, and what they reached. Whoever still counts in one is left alone, and so is what a lost outbox has of one:
// it stands for money that may have been spent.
const FORGET = `
  DELETE FROM cost_accounting.budget_windows AS gone USING (
    SELECT known.budget, known.start_ms FROM cost_accounting.budget_windows AS known
    JOIN cost_accounting.budgets AS budget ON budget.number = known.budget
    WHERE (known.end_ms < $1 OR (known.end_ms < $2 AND budget.period = 'minute' AND NOT EXISTS (
        SELECT FROM cost_accounting.budget_alerts AS told WHERE told.budget = known.budget AND told.start_ms = known.start_ms)))
      AND NOT EXISTS (
        SELECT FROM cost_accounting.budget_leases AS lease JOIN cost_accounting.lost_outboxes AS lost ON lost.outbox_id = lease.owner
        WHERE lease.budget = known.budget AND lease.start_ms = known.start_ms AND lease.granted > lease.returned + lease.settled)
    ORDER BY known.budget, known.start_ms LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE OF known SKIP LOCKED
  ) AS old
  WHERE gone.budget = old.budget AND gone.start_ms = old.start_ms`;

/** Ends before which windows are forgotten, in wall milliseconds. */
export interface ForgottenWindows {
  readonly endedMs: number;
  readonly minuteEndedMs: number;
}

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
      await keepBudgets(transaction);
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

  /**
   * Forgets windows that ended before an instant, in wall milliseconds; those of a minute that have reached nothing before another, later one.
   * At most 10,000 at once. @returns whether there may be more
   */
  async forget({ endedMs, minuteEndedMs }: ForgottenWindows): Promise<boolean> {
    const { rowCount } = await this.#postgres.asSystem((transaction) =>
      transaction.query(FORGET, [endedMs, minuteEndedMs]),
    );
    return rowCount === FORGOTTEN_AT_ONCE;
  }
}
