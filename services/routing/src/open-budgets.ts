import { join } from 'node:path';
import type { Foundation } from '@switchyard/service-kit';
import { BudgetBookFile } from './adapters/budget-book-file.ts';
import { listenForRecalls } from './bus/lease-recalls.ts';
import type { RoutingConfig } from './config.ts';
import type { RoutingEvents } from './events.ts';
import { BudgetLeases } from './runtime/budgets/budget-leases.ts';

/** Whose leases they are, and who is told of waits and refusals. */
export interface BudgetsOptions {
  /** Id of the outbox that this process writes. */
  readonly owner: string;
  readonly events: RoutingEvents;
}

/** What the exchange with cost-accounting keeps up to date. */
export interface OpenedBudgets {
  readonly leases: BudgetLeases;
  readonly books: BudgetBookFile;
}

/** Opens the hard budgets: those that were kept on disk, without leases, until cost-accounting tells more. */
export function openBudgets(
  { stateDir }: RoutingConfig,
  { bus, names, clock, log, stack }: Foundation,
  { owner, events }: BudgetsOptions,
): OpenedBudgets {
  const books = new BudgetBookFile(join(stateDir, 'budgets.json'), log);
  stack.defer(() => books.dispose());
  const leases = new BudgetLeases({
    owner,
    clock,
    onWaited: (wait) => events.leasesAwaited(wait),
    onRefused: (refused) => events.budgetRefused(refused),
  });
  stack.defer(() => leases.dispose());
  const kept = books.load();
  if (kept !== undefined) leases.setBook(kept);
  listenForRecalls({ bus, names, leases, log });
  return { leases, books };
}
