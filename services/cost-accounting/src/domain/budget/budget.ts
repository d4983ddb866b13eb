import type { WindowRule } from '@switchyard/budget';

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
}

/** A budget that there is. */
export interface Budget extends StatedBudget {
  /** Never given twice. */
  readonly number: number;
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
}
