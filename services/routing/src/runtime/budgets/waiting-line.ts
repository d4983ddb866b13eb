import type { AskAnswer } from '@switchyard/budget';
import type { BoundBudget } from '../../domain/budget/bound-budget.ts';
import type { BudgetAdmission, BudgetedCall } from './budget-leases.ts';

/** An attempt that waits for leases. */
export interface Waiter {
  readonly call: BudgetedCall;
  /** Since when, monotonic. */
  readonly sinceMs: number;
  /** The budgets that counted it when it came. */
  readonly covering: readonly BoundBudget[];
  /** What cost-accounting answered last; undefined before. */
  answer: AskAnswer | undefined;
  /** Tells it what came of it; what is told later does not count. */
  readonly end: (admission: BudgetAdmission) => void;
}

/** Attempts that wait for leases, first come first served. */
export class WaitingLine {
  readonly #most: number;
  readonly #waiters = new Set<Waiter>();
  /** Waiters by number of the budget. */
  readonly #byBudget = new Map<number, number>();

  /** @param most how many may wait */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  get isFull(): boolean {
    return this.#waiters.size >= this.#most;
  }

  /** Whether someone waits for one of these: who comes later goes behind. */
  isWaitedFor(covering: readonly BoundBudget[]): boolean {
    return this.#waiters.size > 0 && covering.some(({ number }) => this.#byBudget.has(number));
  }

  /** In the order in which they came. It may change meanwhile. */
  all(): Waiter[] {
    return [...this.#waiters];
  }

  has(waiter: Waiter): boolean {
    return this.#waiters.has(waiter);
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    for (const { number } of waiter.covering)
      this.#byBudget.set(number, (this.#byBudget.get(number) ?? 0) + 1);
  }

  /** @returns whether it was there */
  remove(waiter: Waiter): boolean {
    if (!this.#waiters.delete(waiter)) return false;
    for (const { number } of waiter.covering) {
      const left = (this.#byBudget.get(number) ?? 1) - 1;
      if (left === 0) this.#byBudget.delete(number);
      else this.#byBudget.set(number, left);
    }
    return true;
  }
}
