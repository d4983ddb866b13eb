import { join } from 'node:path';
import type { Foundation, Postgres } from '@switchyard/service-kit';
import { BudgetBookFile } from './adapters/budget-book-file.ts';
import { KeptBudgetBooks } from './adapters/kept-budget-books.ts';
import { PostgresBudgetBook } from './adapters/postgres-budget-book.ts';
import { listenForRecalls } from './bus/lease-recalls.ts';
import type { RoutingConfig } from './config.ts';
import type { RoutingEvents } from './events.ts';
import { BudgetLeases } from './runtime/budgets/budget-leases.ts';

/** Whose leases they are, and who is told of waits and refusals. */
export interface BudgetsOptions {
  /** Id of the outbox that this process writes. */
  readonly owner: string;
  readonly postgres: Postgres;
  readonly events: RoutingEvents;
}

/** What the exchange with cost-accounting keeps up to date. */
export interface OpenedBudgets {
  readonly leases: BudgetLeases;
  readonly books: KeptBudgetBooks;
}

/** Opens the hard budgets: those that were kept, without leases, until cost-accounting tells more. */
export function openBudgets(
  { stateDir }: RoutingConfig,
  { bus, names, clock, log, stack }: Foundation,
  { owner, postgres, events }: BudgetsOptions,
): OpenedBudgets {
  const leases = new BudgetLeases({
    owner,
    clock,
    onWaited: (wait) => events.leasesAwaited(wait),
    onRefused: (refused) => events.budgetRefused(refused),
  });
  stack.defer(() => leases.dispose());
  const file = new BudgetBookFile(join(stateDir, 'budgets.json'), log);
  const books = new KeptBudgetBooks({ file, shared: new PostgresBudgetBook(postgres), leases, log });
  stack.defer(() => books.dispose());
  listenForRecalls({ bus, names, leases, log });
  return { leases, books };
}
