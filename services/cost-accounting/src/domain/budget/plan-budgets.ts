import { type FieldViolation, formatUsd } from '@switchyard/kernel';
import type { Budget, StatedBudget } from './budget.ts';

/** A field whose value differs, as JSON; '' where it is not set. */
export interface ChangedField {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What has to be done with one budget. */
export interface PlannedBudget {
  readonly action: 'add' | 'change' | 'remove';
  /** As it is to be; of one that goes, as it is. */
  readonly budget: StatedBudget;
  readonly fields: readonly ChangedField[];
}

/** What there is, and what there is to be. */
export interface BudgetPlanInput {
  readonly current: readonly Budget[];
  readonly wanted: readonly StatedBudget[];
  /** Owner whose budgets go where they are not wanted; undefined: none go. */
  readonly pruned: string | undefined;
}

/** What has to be done, by tenant and id; and what is wrong with what is wanted. */
export interface BudgetPlan {
  readonly changes: readonly PlannedBudget[];
  readonly violations: readonly FieldViolation[];
}

/** What makes a budget another one. */
const FIXED: ReadonlySet<string> = new Set(['scope', 'unit', 'period', 'time_zone', 'enforcement']);
const NO_CHANGE = 'cannot be changed: take another id, or remove the budget first';

/** Plans how budgets become what is wanted; nothing where they are. */
export function planBudgets({ current, wanted, pruned }: BudgetPlanInput): BudgetPlan {
  const there = new Map(current.map((budget) => [keyOf(budget), budget]));
  const seen = new Set<string>();
  const changes: PlannedBudget[] = [];
  const violations: FieldViolation[] = [];
  for (const [i, budget] of wanted.entries()) {
    const key = keyOf(budget);
    if (seen.has(key)) violations.push({ field: `budgets[${i}].id`, description: 'is given twice' });
    seen.add(key);
    const before = there.get(key);
    const fields = changedFields(before, budget);
    if (before === undefined) {
      changes.push({ action: 'add', budget, fields });
      continue;
    }
    for (const { name } of fields)
      if (FIXED.has(name)) violations.push({ field: `budgets[${i}].${name}`, description: NO_CHANGE });
    if (fields.length > 0) changes.push({ action: 'change', budget, fields });
  }
  for (const [key, budget] of there)
    if (budget.tenant === pruned && !seen.has(key)) changes.push({ action: 'remove', budget, fields: [] });
  return { changes: changes.sort((a, b) => (keyOf(a.budget) < keyOf(b.budget) ? -1 : 1)), violations };
}

/** What there is once a plan is carried out. */
export function budgetsAfter(
  current: readonly StatedBudget[],
  changes: readonly PlannedBudget[],
): StatedBudget[] {
  const after = new Map(current.map((budget) => [keyOf(budget), budget]));
  for (const { action, budget } of changes)
    if (action === 'remove') after.delete(keyOf(budget));
    else after.set(keyOf(budget), budget);
  return [...after.values()];
}

const keyOf = ({ tenant, id }: Pick<StatedBudget, 'tenant' | 'id'>): string => `${tenant} ${id}`;

function changedFields(before: StatedBudget | undefined, after: StatedBudget): ChangedField[] {
  const old = before === undefined ? new Map<string, string>() : fieldsOf(before);
  const now = fieldsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => ({ name, before: old.get(name) ?? '', after: now.get(name) ?? '' }))
    .filter((field) => field.before !== field.after);
}

/** What is said of a budget, by the names of the proto, as JSON; what is empty is left out. */
function fieldsOf(budget: StatedBudget): Map<string, string> {
  const { description, scope, unit, limit, rule, refuses, alertPercents, receivers, actions } = budget;
  const stated = Object.entries(scope).filter(([, value]) => value !== '');
  const fields: readonly (readonly [string, unknown])[] = [
    ['description', description],
    ['scope', stated.length === 0 ? '' : Object.fromEntries(stated)],
    ['unit', unit],
    ['limit', unit === 'cost' ? `$${formatUsd(limit)}` : Number(limit)],
    ['period', rule.period],
    ['time_zone', rule.timeZone],
    ['enforcement', refuses ? 'refuse' : 'alert'],
    ['alert_percents', alertPercents],
    ['receivers', receivers.length === 0 ? '' : receivers],
    ['actions', actions.length === 0 ? '' : actions],
  ];
  return new Map(fields.flatMap(([name, value]) => (value === '' ? [] : [[name, JSON.stringify(value)]])));
}
