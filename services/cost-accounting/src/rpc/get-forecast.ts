import type {
  CostGroup,
  ForecastAmount,
  GetForecastRequest,
  GetForecastResponse,
} from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { Budget, BudgetUnit } from '../domain/budget/budget.ts';
import type { Expected } from '../domain/forecast/forecast.ts';
import { type MadeForecast, makeForecast } from '../domain/forecast/make-forecast.ts';
import type { Filter } from '../domain/summary/summary-query.ts';
import { budgetNotFound, historyTooShort } from '../errors.ts';
import type { BudgetStore, LedgerQueries, StandingBudget, TenantScope } from '../ports.ts';
import { budgetTenant } from './budget-tenant.ts';
import { scopeOf } from './tenant-scope.ts';

const DAY_MS = 24 * 3_600_000;
const HISTORY_DAYS = 56;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 90;

/** What forecasts are made from. */
export interface ForecastContext {
  readonly queries: LedgerQueries;
  readonly budgets: BudgetStore;
  readonly clock: Clock;
}

/** Forecasts what a tenant, or what counts for a budget, will use on the days from today on. */
export function getForecast({
  queries,
  budgets,
  clock,
}: ForecastContext): UnaryHandler<GetForecastRequest, GetForecastResponse> {
  return async (request, { principal }) => {
    const { days, budget: id } = request;
    if (days < 0 || days > MAX_DAYS)
      throw invalidArgument({ field: 'days', description: `must be from 1 to ${MAX_DAYS}` });
    const nowMs = clock.wallMs();
    // The day that is under way is not known whole: it is the first one to forecast.
    const fromMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    const standing =
      id === ''
        ? undefined
        : await budgets.get({ tenant: budgetTenant(principal, request.tenant), id }, nowMs);
    if (id !== '' && standing === undefined) throw budgetNotFound(id);
    const scope =
      standing === undefined
        ? scopeOf(request, { principal, what: 'the forecast of all tenants' })
        : scopeOfBudget(standing.budget);
    const unit = standing?.budget.unit ?? 'cost';
    const usedByDay = await usedBy({ queries, scope, fromMs, unit, filters: filtersOf(standing?.budget) });
    const left = standing === undefined ? undefined : leftAt(standing, usedByDay.get(dayOf(fromMs)) ?? 0);
    const made = makeForecast({
      usedByDay,
      fromMs,
      days: days || DEFAULT_DAYS,
      historyDays: HISTORY_DAYS,
      left,
    });
    if (made === undefined) throw historyTooShort();
    return responseOf(made, { unit, windowEnd: windowEndOf(standing) });
  };
}

const scopeOfBudget = ({ tenant }: Budget): TenantScope =>
  tenant === '' ? { kind: 'all' } : { kind: 'tenant', tenant };

function filtersOf(budget: Budget | undefined): Partial<Record<Filter, string>> {
  if (budget === undefined) return {};
  const { keyId, ...scope } = budget.scope;
  return Object.fromEntries(Object.entries({ ...scope, key: keyId }).filter(([, value]) => value !== ''));
}

interface Used {
  readonly queries: LedgerQueries;
  readonly scope: TenantScope;
  readonly fromMs: number;
  readonly unit: BudgetUnit;
  readonly filters: Partial<Record<Filter, string>>;
}

/** What was used each day, today as far as it is. */
async function usedBy({ queries, scope, fromMs, unit, filters }: Used): Promise<Map<string, number>> {
  const period = { fromMs: fromMs - HISTORY_DAYS * DAY_MS, toMs: fromMs + DAY_MS };
  const query = { period, groupBy: ['day'] as const, filters, label: undefined, limit: HISTORY_DAYS + 1 };
  const { groups } = await queries.summarise(scope, query);
  return new Map(groups.map((group) => [group.key.day ?? '', Number(amountOf(group, unit))]));
}

function amountOf(group: CostGroup, unit: BudgetUnit): bigint {
  if (unit === 'cost') return group.costNanoUsd;
  return unit === 'tokens' ? group.inputTokens + group.outputTokens : group.requests - group.cachedRequests;
}

/** What the window had left as today began: what was used today is in the forecast of today. */
const leftAt = ({ budget, standing }: StandingBudget, usedToday: number): number =>
  Number(budget.limit - standing.spent) + usedToday;

const windowEndOf = (standing: StandingBudget | undefined): Date | undefined =>
  standing === undefined || !Number.isFinite(standing.standing.endMs)
    ? undefined
    : new Date(standing.standing.endMs);

function responseOf(
  { days, total, runsOut, anomalies }: MadeForecast,
  { unit, windowEnd }: { unit: string; windowEnd: Date | undefined },
): GetForecastResponse {
  // Beyond its window a budget begins anew.
  const within = (day: string | undefined) =>
    day !== undefined && (windowEnd === undefined || new Date(day) < windowEnd) ? day : '';
  return {
    unit,
    days: days.map(({ day, expected }) => ({ day, amount: amount(expected) })),
    total: amount(total),
    runsOut: within(runsOut.expected),
    runsOutEarliest: within(runsOut.earliest),
    runsOutLatest: within(runsOut.latest),
    windowEnd,
    anomalies: anomalies.map(({ day, value, usual }) => ({ day, amount: whole(value), usual: whole(usual) })),
  };
}

const amount = ({ mean, low, high }: Expected): ForecastAmount => ({
  expected: whole(mean),
  low: whole(low),
  high: whole(high),
});
const whole = (value: number): bigint => BigInt(Math.round(Math.min(value, Number.MAX_SAFE_INTEGER)));
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
