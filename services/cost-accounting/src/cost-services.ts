import { CostServiceService, LeaseServiceService, PriceServiceService } from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import { type DefinedService, defineService } from '@switchyard/service-kit';
import type { LedgerQueries, OutboxBook } from './ports.ts';
import type { PriceBookKeeper } from './price-book-keeper.ts';
import { getCostSummary } from './rpc/get-cost-summary.ts';
import { getLedgerStatus } from './rpc/get-ledger-status.ts';
import { getPriceBook } from './rpc/get-price-book.ts';
import { listLedgerEntries } from './rpc/list-ledger-entries.ts';
import { renewLeases } from './rpc/renew-leases.ts';

/** What the RPCs stand on. */
export interface CostContext {
  readonly prices: PriceBookKeeper;
  readonly outboxes: OutboxBook;
  readonly queries: LedgerQueries;
  readonly clock: Clock;
}

/** What this service offers by gRPC, and the permission that each call needs. */
export function costServices({ prices, outboxes, queries, clock }: CostContext): DefinedService[] {
  return [
    defineService(PriceServiceService, {
      getPriceBook: { permission: 'cost.price.read', handle: getPriceBook(prices) },
    }),
    defineService(LeaseServiceService, {
      renewLeases: { permission: 'cost.lease', handle: renewLeases(outboxes) },
    }),
    defineService(CostServiceService, {
      getCostSummary: { permission: 'cost.read', handle: getCostSummary(queries, clock) },
      listLedgerEntries: { permission: 'cost.read', handle: listLedgerEntries(queries, clock) },
      getLedgerStatus: { permission: 'cost.status', handle: getLedgerStatus(outboxes) },
    }),
  ];
}
