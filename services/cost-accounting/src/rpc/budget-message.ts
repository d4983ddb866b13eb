import { deliveryMessage } from '@switchyard/alerting';
import type { Period } from '@switchyard/budget';
import {
  type BudgetAction as ActionMessage,
  type BudgetAlert,
  BudgetAlertKind,
  BudgetEnforcement,
  type Budget as BudgetMessage,
  BudgetPeriod,
  BudgetUnit as UnitMessage,
} from '@switchyard/contracts/cost';
import type { BudgetUnit } from '../domain/budget/budget.ts';
import type { BudgetAction } from '../domain/budget/budget-action.ts';
import type { StoredBudgetAlert } from '../domain/budget/reached.ts';
import type { StandingBudget } from '../ports.ts';

export const UNIT_MESSAGES: Readonly<Record<BudgetUnit, UnitMessage>> = {
  cost: UnitMessage.COST,
  requests: UnitMessage.REQUESTS,
  tokens: UnitMessage.TOKENS,
};
const PERIOD_MESSAGES: Readonly<Record<Period, BudgetPeriod>> = {
  minute: BudgetPeriod.MINUTE,
  day: BudgetPeriod.DAY,
  month: BudgetPeriod.MONTH,
  total: BudgetPeriod.TOTAL,
};

/** A budget as callers see it. */
export const budgetMessage = ({ budget, standing, alerts }: StandingBudget): BudgetMessage => ({
  id: budget.id,
  tenant: budget.tenant,
  description: budget.description,
  scope: { ...budget.scope },
  unit: UNIT_MESSAGES[budget.unit],
  limit: budget.limit,
  period: PERIOD_MESSAGES[budget.rule.period],
  timeZone: budget.rule.timeZone,
  enforcement: budget.refuses ? BudgetEnforcement.REFUSE : BudgetEnforcement.ALERT,
  alertPercents: [...budget.alertPercents],
  createdAt: budget.createdAt,
  updatedAt: budget.updatedAt,
  standing: {
    windowStart: standing.startMs === 0 ? undefined : new Date(standing.startMs),
    windowEnd: Number.isFinite(standing.endMs) ? new Date(standing.endMs) : undefined,
    spent: standing.spent,
    leased: standing.leased,
    unattributed: standing.unattributed,
    actingPercent: standing.actingPercent,
  },
  receivers: [...budget.receivers],
  actions: budget.actions.map(actionMessage),
  alerts: alerts.map(alertMessage),
});

function actionMessage(action: BudgetAction): ActionMessage {
  const { atPercent } = action;
  if (action.kind === 'throttle') {
    const { requestsPerMinute } = action;
    return { atPercent, action: { $case: 'throttle', value: { requestsPerMinute } } };
  }
  const { model, strategy } = action;
  return { atPercent, action: { $case: 'downgrade', value: { model, strategy } } };
}

const ALERT_KINDS = {
  threshold: BudgetAlertKind.THRESHOLD,
  exhausted: BudgetAlertKind.EXHAUSTED,
} as const;

const alertMessage = ({ kind, deliveries, ...alert }: StoredBudgetAlert): BudgetAlert => ({
  ...alert,
  kind: ALERT_KINDS[kind],
  deliveries: deliveries.map(deliveryMessage),
});
