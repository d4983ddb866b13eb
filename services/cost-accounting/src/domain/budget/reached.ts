import { type AlertNotice, isoTime, type StoredDelivery } from '@switchyard/alerting';
import { formatUsd } from '@switchyard/kernel';
import type { Budget, Standing } from './budget.ts';
import { describeAction } from './budget-action.ts';

/** What windows reach. */
export type ReachedKind = 'threshold' | 'exhausted';

/** A window that has reached something. */
export interface Reached {
  readonly budget: Budget;
  readonly standing: Pick<Standing, 'startMs' | 'endMs' | 'spent' | 'leased'>;
  readonly kind: ReachedKind;
  /** Of the limit; 0 where it is exhausted. */
  readonly percent: number;
}

/** What a window has reached, and who was told. */
export interface StoredBudgetAlert {
  readonly id: string;
  readonly kind: ReachedKind;
  readonly percent: number;
  readonly spent: bigint;
  readonly leased: bigint;
  readonly limit: bigint;
  readonly firedAt: Date;
  readonly deliveries: readonly StoredDelivery[];
}

/** A refusal of one attempt says little of a budget that has much left: the attempt may only have been too large. */
const LITTLE_IS = 10n;

/** Whether a window that has just refused an attempt has hardly anything left. What is held does not count: most of it comes back. */
export const isNearlyUsedUp = ({
  limit,
  spent,
}: Pick<Standing, 'spent'> & { readonly limit: bigint }): boolean => (limit - spent) * LITTLE_IS < limit;

/** What receivers are told. */
export function noticeOf(
  { budget, standing, kind, percent }: Reached,
  { alertId, nowMs }: { readonly alertId: string; readonly nowMs: number },
): AlertNotice {
  const { id, tenant, limit, unit } = budget;
  const isCritical = kind === 'exhausted' || percent >= 100;
  const begin = standing.startMs === 0 ? 'its creation' : isoTime(standing.startMs);
  return {
    ...{ event: 'firing', alertId, source: 'cost-accounting', tenant, rule: id },
    severity: isCritical ? 'critical' : 'warning',
    subject: { budget: id, window_from: begin },
    summary: summaryOf({ budget, standing, kind, percent }),
    // For people and programs that sort by it; the exact amounts are in the summary and in the event.
    ...{ metric: `budget_${unit}`, value: Number(standing.spent) },
    threshold: kind === 'exhausted' ? Number(limit) : (Number(limit) * percent) / 100,
    ...{ firedAtMs: nowMs, resolvedAtMs: undefined },
  };
}

function summaryOf({ budget, standing, kind, percent }: Reached): string {
  const amount = (value: bigint) => amountText(budget, value);
  const { spent, leased, endMs } = standing;
  const until = Number.isFinite(endMs) ? `; it begins anew at ${isoTime(endMs)}` : '';
  const stand = `${amount(spent)} of ${amount(budget.limit)} spent, ${amount(leased)} held`;
  const done = budget.actions
    .filter(({ atPercent }) => kind === 'threshold' && atPercent === percent)
    .map((action) => `, and ${describeAction(action)}`)
    .join('');
  if (kind === 'threshold') return `${percent} % of budget ${budget.id} is reached${done}: ${stand}${until}`;
  const then = budget.refuses ? ', and requests are refused' : '';
  return `budget ${budget.id} is used up${then}: ${stand}${until}`;
}

const amountText = ({ unit }: Budget, value: bigint): string =>
  unit === 'cost' ? `$${formatUsd(value)}` : `${value} ${unit}`;
