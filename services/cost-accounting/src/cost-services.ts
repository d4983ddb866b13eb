import {
  BudgetServiceService,
  CostServiceService,
  LeaseServiceService,
  PriceServiceService,
  PriceTermServiceService,
} from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import { type DefinedService, defineService } from '@switchyard/service-kit';
import type {
  AskedNames,
  Audit,
  BudgetStore,
  ChargebackSource,
  InvoiceLedger,
  KnownReceivers,
  LeaseBook,
  LedgerQueries,
  LedgerSeals,
  LostOutboxes,
  OfferDirectory,
  OutboxBook,
  PriceTermStore,
  UsageRerating,
} from './ports.ts';
import type { PriceBookKeeper } from './price-book-keeper.ts';
import { applyBudgets } from './rpc/apply-budgets.ts';
import { bookInvoice } from './rpc/book-invoice.ts';
import { createBudget } from './rpc/create-budget.ts';
import { createPriceTerm } from './rpc/create-price-term.ts';
import { declareOutboxLost } from './rpc/declare-outbox-lost.ts';
import { deleteBudget } from './rpc/delete-budget.ts';
import { endPriceTerm } from './rpc/end-price-term.ts';
import { exportStatements } from './rpc/export-statements.ts';
import { getBudget } from './rpc/get-budget.ts';
import { getBudgetBook } from './rpc/get-budget-book.ts';
import { getCostSummary } from './rpc/get-cost-summary.ts';
import { getForecast } from './rpc/get-forecast.ts';
import { getLedgerStatus } from './rpc/get-ledger-status.ts';
import { getPriceBook } from './rpc/get-price-book.ts';
import { listBudgets } from './rpc/list-budgets.ts';
import { listLedgerEntries } from './rpc/list-ledger-entries.ts';
import { listPriceTerms } from './rpc/list-price-terms.ts';
import { listRecommendations } from './rpc/list-recommendations.ts';
import { reconcileInvoice } from './rpc/reconcile-invoice.ts';
import { renewLeases } from './rpc/renew-leases.ts';
import { rerateUsage } from './rpc/rerate-usage.ts';
import { updateBudget } from './rpc/update-budget.ts';
import { verifyLedger } from './rpc/verify-ledger.ts';

/** What the RPCs stand on. */
export interface CostContext {
  readonly prices: PriceBookKeeper;
  readonly terms: PriceTermStore;
  readonly rerating: UsageRerating;
  readonly outboxes: OutboxBook;
  readonly lost: LostOutboxes;
  readonly invoices: InvoiceLedger;
  readonly audit: Audit;
  readonly queries: LedgerQueries;
  readonly askedNames: AskedNames;
  readonly offers: OfferDirectory;
  readonly seals: LedgerSeals;
  readonly budgets: BudgetStore;
  readonly leases: LeaseBook;
  readonly receivers: KnownReceivers;
  readonly chargeback: ChargebackSource;
  readonly clock: Clock;
}

/** What this service offers by gRPC, and the permission that each call needs. */
export function costServices(context: CostContext): DefinedService[] {
  const { prices, terms, rerating, outboxes, queries, seals, budgets, leases, clock } = context;
  return [
    defineService(PriceServiceService, {
      getPriceBook: { permission: 'cost.price.read', handle: getPriceBook(prices) },
    }),
    defineService(PriceTermServiceService, {
      listPriceTerms: { permission: 'cost.price.read', handle: listPriceTerms(terms, clock) },
      createPriceTerm: { permission: 'cost.price.write', handle: createPriceTerm(context) },
      endPriceTerm: { permission: 'cost.price.write', handle: endPriceTerm(context) },
      rerateUsage: { permission: 'cost.price.write', handle: rerateUsage(rerating, clock) },
    }),
    defineService(LeaseServiceService, {
      renewLeases: { permission: 'cost.lease', handle: renewLeases(context) },
      getBudgetBook: { permission: 'cost.lease', handle: getBudgetBook(leases, clock) },
    }),
    defineService(BudgetServiceService, {
      createBudget: { permission: 'cost.budget.write', handle: createBudget(context) },
      updateBudget: { permission: 'cost.budget.write', handle: updateBudget(context) },
      applyBudgets: { permission: 'cost.budget.write', handle: applyBudgets(context) },
      deleteBudget: { permission: 'cost.budget.write', handle: deleteBudget(budgets) },
      getBudget: { permission: 'cost.budget.read', handle: getBudget(budgets, clock) },
      listBudgets: { permission: 'cost.budget.read', handle: listBudgets(budgets, clock) },
    }),
    defineService(CostServiceService, {
      getCostSummary: { permission: 'cost.read', handle: getCostSummary(queries, clock) },
      listLedgerEntries: { permission: 'cost.read', handle: listLedgerEntries(queries, clock) },
      getLedgerStatus: { permission: 'cost.status', handle: getLedgerStatus(outboxes) },
      exportStatements: { permission: 'cost.read', handle: exportStatements(context) },
      getForecast: { permission: 'cost.read', handle: getForecast(context) },
      listRecommendations: { permission: 'cost.read', handle: listRecommendations(context) },
      reconcileInvoice: { permission: 'cost.read', handle: reconcileInvoice(context.invoices, clock) },
      bookInvoice: { permission: 'cost.ledger.write', handle: bookInvoice(context) },
      declareOutboxLost: { permission: 'cost.ledger.write', handle: declareOutboxLost(context) },
      verifyLedger: { permission: 'cost.status', handle: verifyLedger(seals, clock) },
    }),
  ];
}
