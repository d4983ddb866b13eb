import type { Transaction } from '@switchyard/service-kit';
import type { Budget, StatedBudget } from '../domain/budget/budget.ts';
import type { BudgetAction } from '../domain/budget/budget-action.ts';
import { findTooMany } from '../domain/budget/too-many-budgets.ts';
import { tooManyBudgets } from '../errors.ts';
import type { BudgetChange, BudgetName } from '../ports.ts';
import { type BudgetRow, budgetOfRow } from './budget-row.ts';
import { type CountedPast, type CountedWindow, countSince } from './count-past.ts';

const INSERT = `
  INSERT INTO cost_accounting.budgets (tenant, id, description, key_id, provider, model, service, agent, workflow, unit,
    limit_amount, period, time_zone, refuses, alert_percents, receivers, actions, action_percents)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
  ON CONFLICT (tenant, id) DO NOTHING RETURNING *`;
const BEGIN_WINDOW = `
  INSERT INTO cost_accounting.budget_windows (budget, start_ms, end_ms, spent) VALUES ($1, $2, $3, $4)`;
const UPDATE = `
  UPDATE cost_accounting.budgets SET limit_amount = coalesce($3, limit_amount), alert_percents = coalesce($4, alert_percents),
    description = coalesce($5, description), receivers = coalesce($6, receivers), actions = coalesce($7, actions),
    action_percents = coalesce($8, action_percents), updated_at = now()
  WHERE tenant = $1 AND id = $2 AND throttles IS NULL RETURNING *`;
// One that is there already stays as it is.
const THROTTLE = `
  INSERT INTO cost_accounting.budgets (tenant, id, description, key_id, provider, model, service, agent, workflow, unit, limit_amount,
    period, time_zone, refuses, alert_percents, throttles, throttle_percent)
  SELECT tenant, id || '@' || $2::integer, '', key_id, provider, model, '', '', '', 'requests', $3, 'minute', 'UTC', false, '{}', number, $2
  FROM cost_accounting.budgets WHERE number = $1
  ON CONFLICT (tenant, id) DO NOTHING`;
const UNTHROTTLE = `
  DELETE FROM cost_accounting.budgets WHERE throttles = $1
    AND (throttle_percent, limit_amount) NOT IN (SELECT * FROM unnest($2::integer[], $3::bigint[]))`;

/** Makes a budget that has counted the past of its window; budgets are locked. @returns undefined where its tenant has one of its id */
export async function insertBudget(
  transaction: Transaction,
  stated: StatedBudget,
  { past, nowMs }: { readonly past: CountedPast; readonly nowMs: number },
): Promise<Budget | undefined> {
  const { rows } = await transaction.query<BudgetRow>(INSERT, insertValues(stated));
  if (rows[0] === undefined) return undefined;
  const budget = budgetOfRow(rows[0]);
  await beginWindow(transaction, budget, await countSince(transaction, stated, { past, nowMs }));
  await setThrottles(transaction, budget);
  return budget;
}

/** @returns undefined where there is none */
export async function changeBudget(
  transaction: Transaction,
  { tenant, id }: BudgetName,
  { limit, alertPercents, description, receivers, actions }: BudgetChange,
): Promise<Budget | undefined> {
  const values = [tenant, id, limit, alertPercents, description, receivers, ...actionValues(actions)];
  const { rows } = await transaction.query<BudgetRow>(UPDATE, values);
  if (rows[0] === undefined) return undefined;
  const budget = budgetOfRow(rows[0]);
  if (actions === undefined) return budget;
  await setThrottles(transaction, budget);
  return budget;
}

// What is booked for a lost outbox stays as it is once a budget is gone that it had something of: nothing tells any more what of it came.
const KEEP_UNATTRIBUTED = `
  UPDATE cost_accounting.lost_outboxes SET left_over = 0 WHERE outbox_id IN (
    SELECT lease.owner FROM cost_accounting.budget_leases AS lease JOIN cost_accounting.budgets AS budget ON budget.number = lease.budget
    WHERE budget.tenant = $1 AND budget.id = $2 AND budget.throttles IS NULL AND lease.granted > lease.returned + lease.settled)`;

/** @returns whether there was one */
export async function deleteBudget(transaction: Transaction, { tenant, id }: BudgetName): Promise<boolean> {
  await transaction.query(KEEP_UNATTRIBUTED, [tenant, id]);
  const { rowCount } = await transaction.query(
    'DELETE FROM cost_accounting.budgets WHERE tenant = $1 AND id = $2 AND throttles IS NULL',
    [tenant, id],
  );
  return rowCount === 1;
}

const COUNTED = `
  SELECT * FROM cost_accounting.budgets WHERE tenant = $1 AND throttles IS NULL`;

/** With those that are being made. @throws TOO_MANY_BUDGETS */
export async function refuseTooMany(transaction: Transaction, tenant: string): Promise<void> {
  const { rows } = await transaction.query<BudgetRow>(COUNTED, [tenant]);
  const most = findTooMany(rows.map(budgetOfRow));
  if (most !== undefined) throw tooManyBudgets(most);
}

/**
 * Makes its throttles those of its actions. One that differs is made anew: what is held against the one that was is settled by nobody, and its
 * minute ends soon. Their rows do not refuse: a replica of the version before, which knows no throttles, binds nobody by them.
 */
async function setThrottles(transaction: Transaction, { number, actions }: Budget): Promise<void> {
  const throttles = actions.filter((action) => action.kind === 'throttle');
  const percents = throttles.map(({ atPercent }) => atPercent);
  const limits = throttles.map(({ requestsPerMinute }) => requestsPerMinute);
  await transaction.query(UNTHROTTLE, [number, percents, limits]);
  for (const { atPercent, requestsPerMinute } of throttles)
    await transaction.query(THROTTLE, [number, atPercent, requestsPerMinute]);
}

const actionValues = (actions: readonly BudgetAction[] | undefined): [unknown, unknown] => [
  actions && JSON.stringify(actions),
  actions && [...new Set(actions.map(({ atPercent }) => atPercent))],
];

function insertValues(stated: StatedBudget): unknown[] {
  const { tenant, id, description, scope, unit, limit, rule, refuses, alertPercents, receivers, actions } =
    stated;
  const { keyId, provider, model, service, agent, workflow } = scope;
  return [
    tenant,
    id,
    description,
    keyId,
    provider,
    model,
    service,
    agent,
    workflow,
    unit,
    limit,
    rule.period,
    rule.timeZone,
    refuses,
    alertPercents,
    receivers,
    ...actionValues(actions),
  ];
}

async function beginWindow(
  transaction: Transaction,
  { number }: Budget,
  { startMs, endMs, spent }: CountedWindow,
): Promise<void> {
  await transaction.query(BEGIN_WINDOW, [number, startMs, Number.isFinite(endMs) ? endMs : null, spent]);
}
