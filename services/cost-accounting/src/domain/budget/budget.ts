import type { WindowRule } from '@switchyard/budget';
import type { BudgetAction } from './budget-action.ts';

/** What budgets count. */
export const BUDGET_UNITS = ['cost', 'requests', 'tokens'] as const;
export type BudgetUnit = (typeof BUDGET_UNITS)[number];

/** What a budget is for; '' is all. */
export interface BudgetScope {
  readonly keyId: string;
  readonly provider: string;
  readonly model: string;
  readonly service: string;
  readonly agent: string;
  readonly workflow: string;
}

/** A limit of what is spent, or used, in a time, as it is stated. */
export interface StatedBudget {
  /** '' for the installation's, which counts all tenants together. */
  readonly tenant: string;
  readonly id: string;
  readonly description: string;
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  /** From 1, in the unit: nano-USD, requests, tokens. */
  readonly limit: bigint;
  readonly rule: WindowRule;
  /** Whether attempts that could exceed it are not made; else it only alerts. */
  readonly refuses: boolean;
  /** Percents of the limit, rising. */
  readonly alertPercents: readonly number[];
  /** Ids of receivers of its owner. */
  readonly receivers: readonly string[];
  /** What it does about requests, by rising percents. */
  readonly actions: readonly BudgetAction[];
}

/** A budget that there is. */
export interface Budget extends StatedBudget {
  /** Never given twice. */
  readonly number: number;
  /** Where it only throttles another budget: which, and from which percent of that on. It then refuses while that holds. */
  readonly throttle: { readonly of: number; readonly atPercent: number } | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How one window of a budget stands. */
export interface Standing {
  readonly startMs: number;
  /** Infinity where it has no end. */
  readonly endMs: number;
  readonly spent: bigint;
  readonly leased: bigint;
  /** The part of `leased` of replicas that are gone. */
  readonly unattributed: bigint;
  /** Actions up to this percent are in force; 0: none. */
  readonly actingPercent: number;
}
