import { unreachable } from '@switchyard/kernel';
import { maxTokens } from '../request/cost-estimate.ts';
import type { Needs } from '../request/needs.ts';
import type { Offering } from '../snapshot/offering.ts';
import type { BudgetUnit } from './bound-budget.ts';

/** An attempt that is about to be made. */
export interface PlannedAttempt {
  readonly needs: Needs;
  readonly offering: Offering;
  /** Upper bound of its cost in nano-USD; undefined where it has none. */
  readonly maxCost: () => bigint | undefined;
  /** Number of the attempt in its request, from 0. */
  readonly index: number;
}

/** The most that an attempt can use, in a unit; undefined where it has no bound. A request is one with its first attempt. */
export function mostUsed(
  { needs, offering, maxCost, index }: PlannedAttempt,
  unit: BudgetUnit,
): bigint | undefined {
  switch (unit) {
    case 'cost':
      return maxCost();
    case 'requests':
      return index === 0 ? 1n : 0n;
    case 'tokens':
      return maxTokens(needs, offering);
    default:
      return unreachable(unit);
  }
}
