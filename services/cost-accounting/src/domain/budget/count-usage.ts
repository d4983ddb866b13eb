import { type LeaseKey, leaseKeyText, windowAt } from '@switchyard/budget';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { budgetAmount } from './budget-amount.ts';
import type { BudgetIndex } from './budget-index.ts';

/** What entries add to a window. */
export interface WindowSpending extends LeaseKey {
  /** Infinity where it has no end. */
  readonly endMs: number;
  readonly amount: bigint;
}

/** What entries of one outbox add to its lease of a window. */
export interface LeaseSettlement extends LeaseKey {
  readonly owner: string;
  readonly amount: bigint;
}

/** What entries change, in the order of budgets and windows. */
export interface CountedUsage {
  readonly windows: readonly WindowSpending[];
  readonly leases: readonly LeaseSettlement[];
}

/** An entry, and the outbox that it came from. */
export interface EntryOfOutbox {
  readonly outboxId: string;
  readonly entry: LedgerEntry;
}

/**
 * Counts entries for budgets: by the leases that they were admitted by, in place of what was set aside for them, and for other budgets
 * that they are in the scope of, in the window of the time when they were admitted. Budgets that are gone count nothing. An amount may be
 * below 0: more was set aside than was used.
 */
export function countUsage(entries: readonly EntryOfOutbox[], budgets: BudgetIndex): CountedUsage {
  const windows = new Map<string, Sum<WindowSpending>>();
  const leases = new Map<string, Sum<LeaseSettlement>>();
  for (const { outboxId, entry } of entries) {
    for (const { amount, ...key } of entry.leases) {
      const budget = budgets.get(key.budget);
      if (budget === undefined) continue;
      // A window's begin is in it.
      const { endMs } = windowAt(budget.rule, key.startMs);
      add(windows, { ...key, endMs, amount }, leaseKeyText(key));
      add(leases, { ...key, owner: outboxId, amount }, `${leaseKeyText(key)} ${outboxId}`);
    }
    for (const { amount, ...key } of entry.reserved) {
      const budget = budgets.get(key.budget);
      if (budget === undefined) continue;
      const { endMs } = windowAt(budget.rule, key.startMs);
      add(windows, { ...key, endMs, amount: budgetAmount(budget.unit, entry) - amount }, leaseKeyText(key));
    }
    // Money that is set aside is counted where it was leased; elsewhere the call counts when it has ended.
    if (entry.line === 'reserved') continue;
    const leased = new Set([...entry.leases, ...entry.reserved].map(({ budget }) => budget));
    for (const { number, unit, rule } of budgets.covering(entry)) {
      const amount = leased.has(number) ? 0n : budgetAmount(unit, entry);
      if (amount === 0n) continue;
      const { startMs, endMs } = windowAt(rule, entry.occurredAtMs);
      add(windows, { budget: number, startMs, endMs, amount }, leaseKeyText({ budget: number, startMs }));
    }
  }
  return { windows: inOrder(windows), leases: inOrder(leases) };
}

type Sum<T> = { -readonly [Name in keyof T]: T[Name] };

function add<T extends LeaseKey & { readonly amount: bigint }>(
  sums: Map<string, Sum<T>>,
  one: T,
  text: string,
): void {
  const sum = sums.get(text);
  if (sum === undefined) sums.set(text, { ...one });
  else sum.amount += one.amount;
}

/** In the order of budgets, windows and owners, so that two transactions never wait for each other. */
const inOrder = <T extends LeaseKey & { readonly owner?: string }>(sums: ReadonlyMap<string, T>): T[] =>
  [...sums.values()].sort(
    (a, b) => a.budget - b.budget || a.startMs - b.startMs || byCodeUnits(a.owner ?? '', b.owner ?? ''),
  );

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
