import type { UsageRecord } from '@switchyard/contracts/events';
import { rateUsage } from '@switchyard/llm';
import type { LedgerLine } from '../ledger/ledger-entry.ts';

/**
 * Checks routing's rating with the same function that routing used.
 *
 * - unresolved: the amount is what was held.
 * - nothing was used: it costs nothing, or what it costs is unknown.
 * - used at unknown prices: the cost is unknown.
 * - everything else: the amount is usage × prices, unknown where a price that is needed is.
 *
 * @returns what does not match; undefined where all does
 */
export function findRatingMismatch(record: UsageRecord, line: LedgerLine): string | undefined {
  const { usage, prices, costNanoUsd, holdNanoUsd } = record;
  if (line === 'unresolved') {
    return costNanoUsd === holdNanoUsd ? undefined : differs('what was held', holdNanoUsd, costNanoUsd);
  }
  if (usage === undefined || prices === undefined) {
    if (costNanoUsd === undefined || (usage === undefined && costNanoUsd === 0n)) return undefined;
    return `a cost of ${costNanoUsd} nano-USD without ${usage === undefined ? 'usage' : 'prices'}`;
  }
  const { total } = rateUsage(usage, prices);
  return total === costNanoUsd ? undefined : differs('usage × prices', total, costNanoUsd);
}

function differs(what: string, expected: bigint | undefined, actual: bigint | undefined): string {
  return `${what} is ${expected ?? 'unknown'}, the record says ${actual ?? 'unknown'} (nano-USD)`;
}
