import type { AskAnswer } from '@switchyard/budget';
import type { BoundBudget } from '../../domain/budget/bound-budget.ts';
import type { BudgetAdmission, BudgetedCall } from './budget-admission.ts';

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

/**
 * Attempts that wait for leases: first come first served within a tenant, and tenants in turn. None takes more places than it
 * leaves free, so that there is one for others however many it sends.
 */
export class WaitingLine {
  readonly #most: number;
  readonly #waiters = new Set<Waiter>();
  /** Waiters by number of the budget. */
  readonly #byBudget = new Map<number, number>();
  /** Waiters by tenant, in the order in which they came; none without any. */
  readonly #byTenant = new Map<string, Set<Waiter>>();

  /** @param most how many may wait */
  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** Whether a further one of a tenant has no place. */
  isFullFor(tenant: string): boolean {
    return (this.#byTenant.get(tenant)?.size ?? 0) >= this.#most - this.#waiters.size;
  }

  /** Whether someone waits for one of these: who comes later goes behind. */
  isWaitedFor(covering: readonly BoundBudget[]): boolean {
    return this.#waiters.size > 0 && covering.some(({ number }) => this.#byBudget.has(number));
  }

  /** The first of each tenant, then the second of each, and so on. It may change meanwhile. */
  all(): Waiter[] {
    if (this.#byTenant.size <= 1) return [...this.#waiters];
    const lines = [...this.#byTenant.values()].map((line) => [...line]);
    const all: Waiter[] = [];
    for (let place = 0; all.length < this.#waiters.size; place++)
      for (const line of lines) if (line[place] !== undefined) all.push(line[place] as Waiter);
    return all;
  }

  has(waiter: Waiter): boolean {
    return this.#waiters.has(waiter);
  }

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    const { tenant } = waiter.call;
    const line = this.#byTenant.get(tenant) ?? new Set();
    this.#byTenant.set(tenant, line.add(waiter));
    for (const { number } of waiter.covering)
      this.#byBudget.set(number, (this.#byBudget.get(number) ?? 0) + 1);
  }

  /** @returns whether it was there */
  remove(waiter: Waiter): boolean {
    if (!this.#waiters.delete(waiter)) return false;
    const { tenant } = waiter.call;
    const line = this.#byTenant.get(tenant);
    line?.delete(waiter);
    if (line?.size === 0) this.#byTenant.delete(tenant);
    for (const { number } of waiter.covering) {
      const left = (this.#byBudget.get(number) ?? 1) - 1;
      if (left === 0) this.#byBudget.delete(number);
      else this.#byBudget.set(number, left);
    }
    return true;
  }
}
