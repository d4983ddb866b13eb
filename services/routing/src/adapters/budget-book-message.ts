import {
  type BoundBudget as BoundBudgetMessage,
  type GetBudgetBookResponse,
  BudgetUnit as UnitMessage,
} from '@switchyard/contracts/cost';
import type { BoundBudget, BudgetUnit } from '../domain/budget/bound-budget.ts';
import { BudgetBook } from '../domain/budget/budget-book.ts';

/** The book that cost-accounting, or the kept one, says. @throws where a budget counts in a unit that is not known here: a newer one */
export const budgetBookOf = ({ version, budgets }: GetBudgetBookResponse): BudgetBook =>
  new BudgetBook(version, budgets.map(boundBudgetOf));

const boundBudgetOf = ({ number, scope, unit, windows, ...budget }: BoundBudgetMessage): BoundBudget => ({
  number: Number(number),
  id: budget.id,
  tenant: budget.tenant,
  scope: { keyId: scope?.keyId ?? '', provider: scope?.provider ?? '', model: scope?.model ?? '' },
  unit: unitOf(unit),
  limit: budget.limit,
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
