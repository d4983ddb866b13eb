import { exchangeLeases, type LeaseAnswer, leaseKeyText, WindowAccount } from '@switchyard/budget';
import { systemClock } from '@switchyard/kernel';
import type { BoundBudget } from '../../src/domain/budget/bound-budget.ts';
import { BudgetBook } from '../../src/domain/budget/budget-book.ts';
import type { BudgetedCall } from '../../src/runtime/budgets/budget-admission.ts';
import { BudgetLeases, type LeaseTurn, type LeaseWait } from '../../src/runtime/budgets/budget-leases.ts';
import { Turns } from '../../src/runtime/turns.ts';

/** A replica of routing, as far as budgets are concerned. */
export interface BudgetReplica {
  readonly owner: string;
  readonly leases: BudgetLeases;
  /** Every exchange that was sent. */
  readonly sent: LeaseTurn[];
  readonly waits: LeaseWait[];
  readonly exchange: () => Promise<void>;
}

/** Replicas that share budgets, by the real accounts of cost-accounting, without a network. */
export class BudgetInstallation {
  readonly accounts = new Map<string, WindowAccount>();
  readonly replicas: BudgetReplica[] = [];
  /** What stands in for the network: default nothing. */
  onExchange: () => Promise<void> = () => Promise.resolve();
  /** The most that was spent and leased together, of each window. */
  readonly #budgets: readonly BoundBudget[];

  constructor(budgets: readonly BoundBudget[]) {
    this.#budgets = budgets;
    this.open(budgets);
  }

  /** Opens the windows of budgets. */
  open(budgets: readonly BoundBudget[]): void {
    for (const { number, limit, windows } of budgets)
      for (const { startMs } of windows)
        this.accounts.set(
          leaseKeyText({ budget: number, startMs }),
          new WindowAccount({ isOpen: true, limit, spent: 0n, leases: new Map() }),
        );
  }

  account(budget = 1, startMs = 0): WindowAccount {
    const account = this.accounts.get(leaseKeyText({ budget, startMs }));
    if (account === undefined) throw new Error('no such window');
    return account;
  }

  async start(): Promise<BudgetReplica> {
    const sent: LeaseTurn[] = [];
    const waits: LeaseWait[] = [];
    const owner = `o${this.replicas.length}`;
    const leases = new BudgetLeases({
      owner,
      clock: systemClock,
      onWaited: (wait) => waits.push(wait),
      onRefused: () => undefined,
    });
    const turns = new Turns(async () => {
      const turn = leases.plan();
      sent.push(turn);
      try {
        await this.onExchange();
        leases.apply(turn, this.#answer(turn));
      } catch {
        leases.failed(turn);
      }
    });
    leases.onWanted(() => void turns.take());
    const replica = { owner, leases, sent, waits, exchange: () => turns.take() };
    this.replicas.push(replica);
    leases.setBook(new BudgetBook('1', this.#budgets));
    await turns.take();
    return replica;
  }

  /** Others are asked to give back what is short. */
  #answer({ told }: LeaseTurn): LeaseAnswer {
    const answer = exchangeLeases(told, { windows: this.accounts, replicas: this.replicas.length });
    for (const { spent, leased, limit } of this.accounts.values())
      if (spent + leased > limit) throw new Error(`${spent} spent and ${leased} leased of ${limit}`);
    for (const one of answer.asks)
      if (one.kind === 'short' && one.othersHave)
        for (const { owner, leases } of this.replicas) if (owner !== told.owner) leases.recall(one.window);
    return answer;
  }
}

/** A call of tenant `t` that uses so much of whatever is counted. */
export const callOf = (amount: bigint, change: Partial<BudgetedCall> = {}): BudgetedCall => ({
  tenant: 't',
  keyId: 'k',
  provider: 'p',
  model: 'm',
  mostUsed: () => amount,
  patience: 'recall',
  ...change,
});
