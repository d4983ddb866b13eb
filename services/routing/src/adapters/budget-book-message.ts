import {
  type BoundBudget as BoundBudgetMessage,
  type BudgetDowngrade,
  type GetBudgetBookResponse,
  BudgetUnit as UnitMessage,
} from '@switchyard/contracts/cost';
import { Strategy } from '@switchyard/contracts/routing';
import type { Logger } from '@switchyard/service-kit';
import type { BoundBudget, BudgetUnit } from '../domain/budget/bound-budget.ts';
import { BudgetBook } from '../domain/budget/budget-book.ts';
import type { Downgrade } from '../domain/budget/downgrade.ts';
import { findStrategy } from '../domain/strategies/find-strategy.ts';

/**
 * The book that cost-accounting, or the kept one, says. A downgrade by a strategy that is not known here (a newer one) is by cost
 * instead, with a warning: one tenant's must not keep everybody's book away.
 *
 * @throws where a budget counts in a unit that is not known here
 */
export const budgetBookOf = (
  { version, budgets, downgrades }: GetBudgetBookResponse,
  log: Pick<Logger, 'warn'>,
): BudgetBook =>
  new BudgetBook(
    version,
    budgets.map(boundBudgetOf),
    downgrades.map((downgrade) => downgradeOfMessage(downgrade, log)),
  );

function downgradeOfMessage({ endMs, ...downgrade }: BudgetDowngrade, log: Pick<Logger, 'warn'>): Downgrade {
  const { budget, tenant, keyId, atPercent, model, strategy } = downgrade;
  const isKnown = strategy === Strategy.UNSPECIFIED || findStrategy(strategy) !== undefined;
  if (!isKnown)
    log.warn(
      { budget, tenant, strategy },
      'a budget downgrades by a strategy that is not known here: by cost',
    );
  return {
    ...{ budget, tenant, keyId, atPercent, model },
    strategy: isKnown ? strategy : Strategy.COST,
    endMs: endMs === undefined ? Number.POSITIVE_INFINITY : Number(endMs),
  };
}

const boundBudgetOf = ({ number, scope, unit, windows, ...budget }: BoundBudgetMessage): BoundBudget => ({
  number: Number(number),
  id: budget.id,
  tenant: budget.tenant,
  scope: { keyId: scope?.keyId ?? '', provider: scope?.provider ?? '', model: scope?.model ?? '' },
  unit: unitOf(unit),
  limit: budget.limit,
  throttledAtPercent: budget.throttledAtPercent,
  windows: windows.map(({ startMs, endMs }) => ({
    startMs: Number(startMs),
    endMs: endMs === undefined ? Number.POSITIVE_INFINITY : Number(endMs),
  })),
});

const UNITS: ReadonlyMap<UnitMessage, BudgetUnit> = new Map([
  [UnitMessage.UNSPECIFIED, 'cost'],
  [UnitMessage.COST, 'cost'],
  [UnitMessage.REQUESTS, 'requests'],
  [UnitMessage.TOKENS, 'tokens'],
]);

function unitOf(unit: UnitMessage): BudgetUnit {
  const known = UNITS.get(unit);
  if (known === undefined)
    throw new RangeError(`a budget counts in the unit ${unit}, which this version does not know`);
  return known;
}
