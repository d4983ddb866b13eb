import type { Charge } from '@switchyard/budget';
import type { LeaseUse, UsageRecord } from '@switchyard/contracts/events';
import { unreachable } from '@switchyard/kernel';
import type { BoundBudget, BudgetUnit } from './bound-budget.ts';

/** What an attempt may cost a window of a budget. */
export interface BudgetCharge extends Charge {
  readonly of: BoundBudget;
}

/** The most that an attempt can use, in a unit; undefined where it has no bound. */
export type MostUsed = (unit: BudgetUnit) => bigint | undefined;

/** What an attempt is charged to. */
export type Charged =
  | { readonly kind: 'charged'; readonly charges: readonly BudgetCharge[] }
  /** A budget can only be kept with a bound. */
  | { readonly kind: 'unbounded'; readonly budget: BoundBudget }
  /** None of the windows that are known is the present one: the book is too old. */
  | { readonly kind: 'outdated' };

/**
 * What an attempt is charged to: the present window of each budget that counts it. Requests are charged once.
 *
 * @param wallMs cost-accounting's time
 */
export function chargesOf(covering: readonly BoundBudget[], mostUsed: MostUsed, wallMs: number): Charged {
  const charges: BudgetCharge[] = [];
  for (const budget of covering) {
    const amount = mostUsed(budget.unit);
    if (amount === undefined) return { kind: 'unbounded', budget };
    if (amount === 0n && budget.unit === 'requests') continue;
    const window = budget.windows.find(({ startMs, endMs }) => startMs <= wallMs && wallMs < endMs);
    if (window === undefined) return { kind: 'outdated' };
    const { startMs, endMs } = window;
    charges.push({ budget: budget.number, startMs, endMs, amount, of: budget });
  }
  return { kind: 'charged', charges };
}

/** Charges as a usage record lists them: what is held, and booked if the end is never known. */
export const heldUses = (charges: readonly BudgetCharge[]): LeaseUse[] =>
  charges.map((charge) => leaseUse(charge, charge.amount));

/** The same with what was really used; what is not known counts as it was held. */
export const realUses = (
  charges: readonly BudgetCharge[],
  used: Pick<UsageRecord, 'costNanoUsd' | 'usage'>,
): LeaseUse[] => charges.map((charge) => leaseUse(charge, usedOf(charge, used) ?? charge.amount));

const leaseUse = ({ budget, startMs }: BudgetCharge, amount: bigint): LeaseUse => ({
  budget: BigInt(budget),
  windowStartMs: BigInt(startMs),
  amount,
});

function usedOf(
  { of: { unit }, amount }: BudgetCharge,
  { costNanoUsd, usage }: Pick<UsageRecord, 'costNanoUsd' | 'usage'>,
): bigint | undefined {
  switch (unit) {
    case 'cost':
      return costNanoUsd;
    case 'requests':
      return amount;
    case 'tokens':
      // Without usage the provider did not work.
      if (usage === undefined) return 0n;
      if (usage.inputTokens === undefined || usage.outputTokens === undefined) return undefined;
      return BigInt(usage.inputTokens + usage.outputTokens);
    default:
      return unreachable(unit);
  }
}
