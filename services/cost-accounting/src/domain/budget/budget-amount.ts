import { unreachable } from '@switchyard/kernel';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { BudgetUnit } from './budget.ts';

/**
 * What an entry takes of a budget that it holds no lease of. A cost that is unknown counts as what was held for it; what is set aside takes
 * nothing by itself.
 */
export function budgetAmount(unit: BudgetUnit, entry: LedgerEntry): bigint {
  if (entry.line === 'reserved') return 0n;
  switch (unit) {
    case 'cost':
      return entry.amountNanoUsd ?? entry.holdNanoUsd ?? 0n;
    case 'tokens':
      return entry.cache === ''
        ? BigInt((entry.usage?.inputTokens ?? 0) + (entry.usage?.outputTokens ?? 0))
        : 0n;
    case 'requests':
      return entry.attemptIndex === 0 && entry.cache === '' && !goesBack(entry) ? 1n : 0n;
    default:
      return unreachable(unit);
  }
}

/** A line that was not answered in its provider's batch is asked in another request. */
const goesBack = ({ batch, requestOutcome }: LedgerEntry): boolean => batch && requestOutcome === undefined;
