import {
  type Budget,
  type BudgetAction,
  type BudgetAlert,
  BudgetAlertKind,
  BudgetEnforcement,
  BudgetPeriod,
  BudgetUnit,
} from '@switchyard/contracts/cost';
import { strategyName } from '@switchyard/contracts/strategy-names';
import { formatUsd, unreachable } from '@switchyard/kernel';
import { describeDelivery } from '../alerts/render-alerts.ts';
import { renderTable } from '../output/table.ts';
import { PLAIN, type Tone, type View } from '../output/view.ts';

const PERIODS: ReadonlyMap<BudgetPeriod, string> = new Map([
  [BudgetPeriod.MINUTE, 'minute'],
  [BudgetPeriod.DAY, 'day'],
  [BudgetPeriod.MONTH, 'month'],
  [BudgetPeriod.TOTAL, 'in all'],
]);

/** Budgets and how they stand. */
export const renderBudgets = (budgets: readonly Budget[], view: View = PLAIN): string =>
  renderTable(
    budgets,
    [
      { title: 'BUDGET', cell: ({ id }) => id },
      { title: 'FOR', cell: describeScope },
      { title: 'LIMIT', align: 'right', cell: (budget) => amountOf(budget, budget.limit) },
      { title: 'PER', cell: periodOf },
      { title: 'SPENT', align: 'right', cell: (budget) => amountOf(budget, budget.standing?.spent ?? 0n) },
      { title: 'LEASED', align: 'right', cell: (budget) => amountOf(budget, budget.standing?.leased ?? 0n) },
      { title: 'LEFT', align: 'right', cell: (budget) => amountOf(budget, leftOf(budget)), tone: toneOf },
      {
        title: 'AT THE LIMIT',
        cell: ({ enforcement }) => (enforcement === BudgetEnforcement.ALERT ? 'alert' : 'refuse'),
      },
      { title: 'LAST ALERT', cell: lastAlertOf },
      { title: 'BEGINS ANEW', cell: ({ standing }) => standing?.windowEnd?.toISOString() ?? 'never' },
    ],
    view,
  );

/** "daily: $5 a day of tenant acme; $1.25 spent, $0.5 leased, $3.25 left until 2026-…" */
export function describeBudget(budget: Budget): string {
  const { id, limit, standing, period } = budget;
  const { spent = 0n, leased = 0n, windowEnd } = standing ?? {};
  const per = period === BudgetPeriod.TOTAL ? 'in all' : `a ${periodOf(budget)}`;
  const until = windowEnd === undefined ? '' : ` until ${windowEnd.toISOString()}`;
  return `${id}: ${amountOf(budget, limit)} ${per} for ${describeScope(budget)}; ${amountOf(budget, spent)} spent, ${amountOf(budget, leased)} leased, ${amountOf(budget, leftOf(budget))} left${until}`;
}

/** What the present window of a budget has reached, and who was told of it. */
export const renderBudgetAlerts = (budget: Budget, view: View = PLAIN): string =>
  renderTable(
    budget.alerts,
    [
      { title: 'REACHED', cell: reachedOf },
      { title: 'AT', cell: ({ firedAt }) => firedAt?.toISOString() ?? '' },
      { title: 'SPENT', align: 'right', cell: ({ spent }) => amountOf(budget, spent) },
      { title: 'LEASED', align: 'right', cell: ({ leased }) => amountOf(budget, leased) },
      { title: 'LIMIT', align: 'right', cell: ({ limit }) => amountOf(budget, limit) },
      { title: 'TOLD', cell: ({ deliveries }) => deliveries.map(describeDelivery).join(', ') },
    ],
    view,
  );

/** "From 80 % on, requests are decided on small (in force)." */
export const describeActions = ({ actions, standing }: Budget): string[] =>
  actions.map(({ atPercent, action }) => {
    const state = atPercent <= (standing?.actingPercent ?? 0) ? ' (in force)' : '';
    return `From ${atPercent} % on, ${describeAction(action)}${state}.`;
  });

function describeAction(action: BudgetAction['action']): string {
  switch (action?.$case) {
    case 'downgrade': {
      const { model, strategy } = action.value;
      const by = strategyName(strategy);
      const order = by === undefined ? '' : ` by strategy ${by}`;
      return `requests are decided${model === '' ? '' : ` on ${model}`}${order}`;
    }
    case 'throttle':
      return `${action.value.requestsPerMinute} requests a minute are let through`;
    case undefined:
      return 'something that this version does not know is done';
    default:
      return unreachable(action);
  }
}

const reachedOf = ({ kind, percent }: BudgetAlert): string =>
  kind === BudgetAlertKind.EXHAUSTED ? 'used up' : `${percent} %`;

function lastAlertOf({ alerts: [last] }: Budget): string {
  if (last === undefined) return '–';
  return `${reachedOf(last)} at ${last.firedAt?.toISOString() ?? '?'}`;
}

const periodOf = ({ period }: Budget): string => PERIODS.get(period) ?? '?';

function describeScope({ tenant, scope }: Budget): string {
  const { keyId = '', provider = '', model = '', service = '', agent = '', workflow = '' } = scope ?? {};
  const parts = Object.entries({ key: keyId, provider, model, service, agent, workflow })
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} ${value}`);
  return [tenant === '' ? 'all tenants' : `tenant ${tenant}`, ...parts].join(', ');
}

function amountOf({ unit }: Budget, amount: bigint): string {
  if (unit === BudgetUnit.COST)
    return `${amount < 0n ? '-' : ''}$${formatUsd(amount < 0n ? -amount : amount)}`;
  return `${amount.toLocaleString('en-US')} ${unit === BudgetUnit.TOKENS ? 'tokens' : 'requests'}`;
}

const leftOf = ({ limit, standing }: Budget): bigint =>
  limit - (standing?.spent ?? 0n) - (standing?.leased ?? 0n);

/** Nothing left, or less than a tenth. */
function toneOf(budget: Budget): Tone | undefined {
  const left = leftOf(budget);
  if (left <= 0n) return 'bad';
  return left < budget.limit / 10n ? 'warn' : undefined;
}
