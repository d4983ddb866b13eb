import type { Transaction } from '@switchyard/service-kit';
import { countUsage, type EntryOfOutbox } from '../domain/budget/count-usage.ts';
import { keepBudgets } from './budget-lock.ts';
import { plainArray, textArray } from './postgres-arrays.ts';
import type { PostgresBudgetIndex } from './postgres-budget-index.ts';

const SPEND = `
  INSERT INTO cost_accounting.budget_windows AS known (budget, start_ms, end_ms, spent)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  ON CONFLICT (budget, start_ms) DO UPDATE SET spent = known.spent + excluded.spent`;
// A lease that is not there was granted by a database that has lost it since.
const SETTLE = `
  INSERT INTO cost_accounting.budget_leases AS known (budget, start_ms, owner, settled)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[])
  ON CONFLICT (budget, start_ms, owner) DO UPDATE SET settled = known.settled + excluded.settled`;

/** Counts entries that are new in the ledger for the budgets that they are of: from leased to spent. */
export async function spendBudgets(
  transaction: Transaction,
  entries: readonly EntryOfOutbox[],
  budgets: PostgresBudgetIndex,
): Promise<void> {
  if (entries.length === 0) return;
  await keepBudgets(transaction);
  const { index } = await budgets.read(transaction);
  if (index.isEmpty) return;
  const { windows, leases } = countUsage(entries, index);
  if (windows.length === 0) return;
  await transaction.query({
    name: 'spend-budgets',
    text: SPEND,
    values: [
      plainArray(windows.map(({ budget }) => budget)),
      plainArray(windows.map(({ startMs }) => startMs)),
      plainArray(windows.map(({ endMs }) => (Number.isFinite(endMs) ? endMs : undefined))),
      plainArray(windows.map(({ amount }) => amount)),
    ],
  });
  if (leases.length === 0) return;
  await transaction.query({
    name: 'settle-leases',
    text: SETTLE,
    values: [
      plainArray(leases.map(({ budget }) => budget)),
      plainArray(leases.map(({ startMs }) => startMs)),
      textArray(leases.map(({ owner }) => owner)),
      plainArray(leases.map(({ amount }) => amount)),
    ],
  });
}
