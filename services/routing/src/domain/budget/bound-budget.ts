import type { BudgetWindow } from '@switchyard/budget';

/** What budgets count: nano-USD, requests, or input and output tokens together. */
export type BudgetUnit = 'cost' | 'requests' | 'tokens';

/** What a call must match to be counted by a budget; '' is matched by all. */
export interface BudgetScope {
  /** Id of the API key. */
  readonly keyId: string;
  /** Id of the provider. */
  readonly provider: string;
  /** Model id at the provider. */
  readonly model: string;
}

/** A hard budget: calls are held against it, and refused where there is no room. */
export interface BoundBudget {
  /** Never given twice. */
  readonly number: number;
  readonly id: string;
  /** Whose it is; '' is the installation's, which counts all tenants together. */
  readonly tenant: string;
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  /** In its unit. */
  readonly limit: bigint;
  /** The present window and the next one, by cost-accounting's time. */
  readonly windows: readonly BudgetWindow[];
  /** The percent of the budget of this id from which on it is throttled to this limit; 0: it is the budget itself. */
  readonly throttledAtPercent: number;
}

/** What budgets look at in a call. */
export interface CallScope extends BudgetScope {
  /** The tenant that pays. */
  readonly tenant: string;
}
