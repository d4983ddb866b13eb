import type { Budget, BudgetScope } from './budget.ts';

/** What an outbox still holds of one window of a budget. */
export interface HeldLease {
  readonly budget: Budget;
  readonly startMs: number;
  /** In the budget's unit, above 0. */
  readonly amount: bigint;
}

/** Owner of what only budgets of the installation hold. */
const INSTALLATION = 'installation';

/**
 * What was spent at most, in nano-USD by tenant, of which nobody can tell: what a lost outbox holds of budgets of cost. One call is
 * held in several budgets, so that their sums must not be added up:
 *
 * - Budgets with the same scope bound the same calls: the least counts. Those that differ in one field (keys, providers) bound others: they add up.
 * - A tenant's budgets of all its calls bound all others of it; without one, of those by key, by provider and so on the kind that holds the most.
 * - What budgets of the installation hold beyond that is nobody's: the installation bears it.
 */
export function unattributedCosts(leases: readonly HeldLease[]): Map<string, bigint> {
  const ofCost = leases.filter(({ budget }) => budget.unit === 'cost' && budget.throttle === undefined);
  const byOwner = Map.groupBy(ofCost, ({ budget }) => budget.tenant);
  const costs = new Map<string, bigint>();
  for (const [tenant, of] of byOwner) if (tenant !== '') costs.set(tenant, boundOf(of));
  const known = [...costs.values()].reduce((sum, amount) => sum + amount, 0n);
  const beyond = boundOf(byOwner.get('') ?? []) - known;
  if (beyond > 0n) costs.set(INSTALLATION, (costs.get(INSTALLATION) ?? 0n) + beyond);
  return costs;
}

function boundOf(leases: readonly HeldLease[]): bigint {
  const byBudget = Map.groupBy(leases, ({ budget }) => budget.number);
  const kinds = new Map<string, Map<string, bigint>>();
  for (const of of byBudget.values()) {
    const [{ budget }] = of as [HeldLease];
    const amount = of.reduce((sum, one) => sum + one.amount, 0n);
    const kind = kinds.get(kindOf(budget.scope)) ?? new Map<string, bigint>();
    kinds.set(kindOf(budget.scope), kind);
    const scope = JSON.stringify(Object.values(budget.scope));
    const least = kind.get(scope);
    kind.set(scope, least === undefined || amount < least ? amount : least);
  }
  const sums = new Map(
    [...kinds].map(([kind, scopes]) => [kind, [...scopes.values()].reduce((sum, one) => sum + one, 0n)]),
  );
  return sums.get('') ?? [...sums.values()].reduce((most, one) => (one > most ? one : most), 0n);
}

/** Which fields a scope states: '' for none, all calls. */
const kindOf = (scope: BudgetScope): string =>
  Object.entries(scope)
    .filter(([, value]) => value !== '')
    .map(([name]) => name)
    .join(' ');
