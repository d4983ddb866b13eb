import type { BusNames } from '@switchyard/contracts';
import { LeaseRecall } from '@switchyard/contracts/events';
import type { Bus, Logger } from '@switchyard/service-kit';
import type { BudgetLeases } from '../runtime/budgets/budget-leases.ts';

/** What listening for recalls stands on. */
export interface LeaseRecallsOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly leases: Pick<BudgetLeases, 'recall'>;
  readonly log: Logger;
}

/** Gives back what is unused of a window as soon as others need it. What is not heard of goes back when it lies idle. */
export function listenForRecalls({ bus, names, leases, log }: LeaseRecallsOptions): void {
  let isSubscribed = false;
  bus.onConnect((connection) => {
    if (isSubscribed) return;
    isSubscribed = true;
    connection.subscribe(names.leaseRecall, {
      callback: (error, message) => {
        if (error !== null) return;
        try {
          const { budget, windowStartMs } = LeaseRecall.decode(message.data);
          leases.recall({ budget: Number(budget), startMs: Number(windowStartMs) });
        } catch (thrown) {
          log.warn({ err: thrown }, 'a message that recalls a lease cannot be read');
        }
      },
    });
  });
}
