import type { Transaction } from '@switchyard/service-kit';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

const LOCK = ADVISORY_LOCKS.budgets;

// The order of locks, for whoever counts, leases, watches or changes budgets, so that no two wait for each other: this lock; windows by budget
// and begin; leases by budget, begin and owner; the row of `budget_version`. Nobody locks a window's key (FOR UPDATE): what refers to a window,
// as an alert does, waits for no one who counts in it.

/**
 * Until the transaction ends budgets stay as they are. Whoever makes one waits for those who count usage, so that what the ledger has by then
 * is all that the new budget did not count.
 */
export const keepBudgets = (transaction: Transaction): Promise<unknown> =>
  transaction.query(`SELECT pg_advisory_xact_lock_shared(${LOCK})`);

/** Until the transaction ends nobody else reads or changes budgets to count usage. */
export const lockBudgets = (transaction: Transaction): Promise<unknown> =>
  transaction.query(`SELECT pg_advisory_xact_lock(${LOCK})`);

/** Budgets have changed: whoever has read them reads them again. */
export const countUpBudgets = (transaction: Transaction): Promise<unknown> =>
  transaction.query('UPDATE cost_accounting.budget_version SET version = version + 1');
