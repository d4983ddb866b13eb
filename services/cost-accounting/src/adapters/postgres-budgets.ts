import { windowAt } from '@switchyard/budget';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { Budget, StatedBudget } from '../domain/budget/budget.ts';
import type { BudgetPlan } from '../domain/budget/plan-budgets.ts';
import type {
  BudgetApplication,
  BudgetChange,
  BudgetName,
  BudgetPage,
  BudgetStore,
  StandingBudget,
  WallClock,
} from '../ports.ts';
import { listBudgetAlerts } from './alerts/list-budget-alerts.ts';
import { applyBudgets } from './apply-budgets.ts';
import { countUpBudgets, lockBudgets } from './budget-lock.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';
import { countPast } from './count-past.ts';
import { changeBudget, deleteBudget, insertBudget, refuseTooMany } from './write-budgets.ts';

const LIST = `
  SELECT * FROM cost_accounting.budgets WHERE tenant = $1 AND id > $2 AND throttles IS NULL ORDER BY id LIMIT $3`;
// A replica that has not been heard of for a minute is gone: what it has is nobody's until its outbox is found.
const STANDING = `
  SELECT known.spent, known.acting_percent, coalesce(sum(lease.left_over), 0) AS leased,
    coalesce(sum(lease.left_over) FILTER (WHERE report.seen_at IS NULL OR report.seen_at < now() - interval '1 minute'), 0) AS unattributed
  FROM (SELECT 1) AS one
  LEFT JOIN cost_accounting.budget_windows AS known ON known.budget = $1 AND known.start_ms = $2
  LEFT JOIN (
    SELECT owner, greatest(0, granted - returned - settled) AS left_over FROM cost_accounting.budget_leases
    WHERE budget = $1 AND start_ms = $2
  ) AS lease ON true
  LEFT JOIN cost_accounting.outbox_reports AS report ON report.outbox_id = lease.owner
  GROUP BY known.spent, known.acting_percent`;

/** Budgets, in Postgres. */
export class PostgresBudgets implements BudgetStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  create(stated: StatedBudget, clock: WallClock): Promise<StandingBudget | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      const past = await countPast(transaction, stated, clock.wallMs());
      await lockBudgets(transaction);
      const nowMs = clock.wallMs();
      const budget = await insertBudget(transaction, stated, { past, nowMs });
      if (budget === undefined) return undefined;
      await refuseTooMany(transaction, budget.tenant);
      await countUpBudgets(transaction);
      return withStanding(transaction, budget, nowMs);
    });
  }

  update(name: BudgetName, change: BudgetChange, nowMs: number): Promise<StandingBudget | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      await lockBudgets(transaction);
      const budget = await changeBudget(transaction, name, change);
      if (budget === undefined) return undefined;
      await refuseTooMany(transaction, budget.tenant);
      await countUpBudgets(transaction);
      return withStanding(transaction, budget, nowMs);
    });
  }

  remove(name: BudgetName): Promise<boolean> {
    return this.#postgres.asSystem(async (transaction) => {
      await lockBudgets(transaction);
      if (!(await deleteBudget(transaction, name))) return false;
      await countUpBudgets(transaction);
      return true;
    });
  }

  apply(application: BudgetApplication, clock: WallClock): Promise<BudgetPlan> {
    return applyBudgets(this.#postgres, application, clock);
  }

  get({ tenant, id }: BudgetName, nowMs: number): Promise<StandingBudget | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<BudgetRow>(
        'SELECT * FROM cost_accounting.budgets WHERE tenant = $1 AND id = $2 AND throttles IS NULL',
        [tenant, id],
      );
      return rows[0] && withStanding(transaction, budgetOfRow(rows[0]), nowMs);
    });
  }

  list({ tenant, after, limit }: BudgetPage, nowMs: number): Promise<StandingBudget[]> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<BudgetRow>(LIST, [tenant, after, limit]);
      const found: StandingBudget[] = [];
      for (const row of rows) found.push(await withStanding(transaction, budgetOfRow(row), nowMs));
      return found;
    });
  }
}

interface StandingRow {
  readonly spent: string | null;
  readonly acting_percent: number | null;
  readonly leased: string;
  readonly unattributed: string;
}

async function withStanding(
  transaction: Transaction,
  budget: Budget,
  nowMs: number,
): Promise<StandingBudget> {
  const { startMs, endMs } = windowAt(budget.rule, nowMs);
  const { rows } = await transaction.query<StandingRow>({
    name: 'budget-standing',
    text: STANDING,
    values: [budget.number, startMs],
  });
  const { spent, acting_percent, leased = '0', unattributed = '0' } = rows[0] ?? {};
  return {
    budget,
    alerts: await listBudgetAlerts(transaction, { budget: budget.number, startMs }),
    standing: {
      startMs,
      endMs,
      spent: BigInt(spent ?? 0),
      leased: BigInt(leased),
      unattributed: BigInt(unattributed),
      actingPercent: acting_percent ?? 0,
    },
  };
}
