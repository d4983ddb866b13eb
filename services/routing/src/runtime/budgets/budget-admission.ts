import type { CallScope } from '../../domain/budget/bound-budget.ts';
import type { MostUsed } from '../../domain/budget/budget-charge.ts';
import type { BudgetRefusal } from '../../domain/budget/budget-refusal.ts';
import type { BudgetHold } from './budget-hold.ts';

/** An attempt that is to be held against budgets. */
export interface BudgetedCall extends CallScope {
  readonly mostUsed: MostUsed;
  /**
   * How long it waits where this replica has no room. `none`: not at all; `exchange`: until cost-accounting has answered once;
   * `recall`: also until other replicas may have given back what they do not use, for 100 ms. Never more than 1 s.
   */
  readonly patience: 'none' | 'exchange' | 'recall';
}

/** What came of it. */
export type BudgetAdmission =
  | { readonly kind: 'admitted'; readonly hold: BudgetHold }
  | { readonly kind: 'refused'; readonly refusal: BudgetRefusal }
  /** A hard budget counts it, and whether there is room cannot be known now. */
  | { readonly kind: 'unchecked' };
