import type { Period } from '@switchyard/budget';
import type { Budget, BudgetUnit } from '../domain/budget/budget.ts';
import type { BudgetAction } from '../domain/budget/budget-action.ts';

/** A row of `budgets`. */
export interface BudgetRow {
  readonly number: string;
  readonly tenant: string;
  readonly id: string;
  readonly description: string;
  readonly key_id: string;
  readonly provider: string;
  readonly model: string;
  readonly service: string;
  readonly agent: string;
  readonly workflow: string;
  readonly unit: BudgetUnit;
  readonly limit_amount: string;
  readonly period: Period;
  readonly time_zone: string;
  readonly refuses: boolean;
  readonly alert_percents: number[];
  readonly receivers: string[];
  readonly actions: BudgetAction[];
  readonly throttles: string | null;
  readonly throttle_percent: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const budgetOfRow = (row: BudgetRow): Budget => ({
  number: Number(row.number),
  tenant: row.tenant,
  id: row.id,
  description: row.description,
  scope: {
    keyId: row.key_id,
    provider: row.provider,
    model: row.model,
    service: row.service,
    agent: row.agent,
    workflow: row.workflow,
  },
  unit: row.unit,
  limit: BigInt(row.limit_amount),
  rule: { period: row.period, timeZone: row.time_zone },
  refuses: row.refuses,
  alertPercents: row.alert_percents,
  receivers: row.receivers,
  actions: row.actions.map(actionOfRow),
  throttle:
    row.throttles === null ? undefined : { of: Number(row.throttles), atPercent: row.throttle_percent ?? 0 },
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** jsonb keeps no order of members: each is rebuilt as `readActions` makes it, so that equal actions are equal as JSON. */
function actionOfRow(action: BudgetAction): BudgetAction {
  const { kind, atPercent } = action;
  return kind === 'downgrade'
    ? { kind, atPercent, model: action.model, strategy: action.strategy }
    : { kind, atPercent, requestsPerMinute: action.requestsPerMinute };
}
