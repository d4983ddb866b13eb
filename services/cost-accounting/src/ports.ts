import type { BudgetWindow, LeaseAnswer, LeaseExchange } from '@switchyard/budget';
import type { OfferingPrice } from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import type { Budget, Standing, StatedBudget } from './domain/budget/budget.ts';
import type { BudgetAction } from './domain/budget/budget-action.ts';
import type { DowngradeInForce } from './domain/budget/downgrades.ts';
import type { BudgetPlan } from './domain/budget/plan-budgets.ts';
import type { StoredBudgetAlert } from './domain/budget/reached.ts';
import type { ChargebackLine, CostSum, SealedDay } from './domain/chargeback/statement.ts';
import type { PoisonReason } from './domain/intake/poison.ts';
import type { NamelessPoison, NumberedRecord } from './domain/intake/read-usage-batch.ts';
import type { AdjustmentPlan, TenantDay } from './domain/invoice/plan-adjustments.ts';
import type { EntriesQuery, ListedEntry } from './domain/ledger/entries-query.ts';
import type { SealOutcome, VerifiedDay } from './domain/ledger/ledger-seal.ts';
import type { Period } from './domain/period.ts';
import type { Rerating } from './domain/price/read-rerating.ts';
import type { StatedTerm } from './domain/price/stated-term.ts';
import type { AskedName } from './domain/recommend/asked-names.ts';
import type { Offer } from './domain/recommend/offer.ts';
import type { Grouping, Summary, SummaryQuery } from './domain/summary/summary-query.ts';

export type * from './outbox-ports.ts';

/** What tells the time of day. */
export type WallClock = Pick<Clock, 'wallMs'>;

/** What is to be committed at once. */
export interface LedgerBatch {
  readonly records: readonly NumberedRecord[];
  readonly nameless: readonly NamelessPoison[];
}

/** What a commit did. */
export interface CommittedBatch {
  /** Entries that are new in the ledger. */
  readonly entries: readonly NumberedRecord[];
  /** Records that were committed before. */
  readonly duplicates: number;
  /** Reasons of everything that was newly set aside, one each. */
  readonly quarantined: readonly PoisonReason[];
}

/** Where usage is committed. */
export interface Ledger {
  /**
   * Commits a batch whole: entries, quarantine and watermarks in one transaction. Committing again what is committed
   * changes nothing.
   *
   * @throws while the database cannot be used; nothing is committed, or (a connection lost at the very end) all of it
   */
  commit(batch: LedgerBatch): Promise<CommittedBatch>;
}

/** What goes into the audit log. */
export interface AuditRecord {
  readonly tenant: string;
  /** Id of the key. */
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly details: Readonly<Record<string, string>>;
}

/** The audit log. */
export interface Audit {
  /** @throws AUDIT_UNAVAILABLE: then nothing may be done */
  append(record: AuditRecord): Promise<void>;
}

/** A budget that requests are held against, and when it counts. */
export interface BoundBudget {
  readonly budget: Budget;
  /** The present one and the next. */
  readonly windows: readonly BudgetWindow[];
}

/** The budgets that requests are held against. */
export interface BudgetBook {
  /** Changes with the budgets and with their windows. */
  readonly version: string;
  readonly budgets: readonly BoundBudget[];
  /** What is in force of those that run low. */
  readonly downgrades: readonly DowngradeInForce[];
}

/** What replicas have of budgets. */
export interface LeaseBook {
  /** Takes note of what a replica has, and grants what it lacks. */
  exchange(exchange: LeaseExchange, nowMs: number): Promise<LeaseAnswer>;
  book(nowMs: number): Promise<BudgetBook>;
}

/** What changes of a budget; undefined: it stays. */
export interface BudgetChange {
  readonly limit: bigint | undefined;
  readonly alertPercents: readonly number[] | undefined;
  readonly description: string | undefined;
  readonly receivers: readonly string[] | undefined;
  readonly actions: readonly BudgetAction[] | undefined;
}

/** A budget, and how it stands. */
export interface StandingBudget {
  readonly budget: Budget;
  readonly standing: Standing;
  /** What its present window has reached, the newest first. */
  readonly alerts: readonly StoredBudgetAlert[];
}

/** Whom budgets may name to be told. */
export interface KnownReceivers {
  /** Ids of an owner's receivers; '' for the installation. @throws ServiceError while they cannot be asked for */
  ids(tenant: string): Promise<ReadonlySet<string>>;
}

/** Whose budget, and which. */
export interface BudgetName {
  /** '' for the installation's. */
  readonly tenant: string;
  readonly id: string;
}

/** What budgets are to become. */
export interface BudgetApplication {
  readonly wanted: readonly StatedBudget[];
  /** Owner whose budgets go where they are not wanted; undefined: none go. */
  readonly pruned: string | undefined;
  /** 'plan': nothing of it stays. */
  readonly mode: 'plan' | 'write';
}

/** Where budgets are kept. */
export interface BudgetStore {
  /** Makes a budget that has counted what the ledger has of its present window. @returns undefined where its tenant has one of its id */
  create(stated: StatedBudget, clock: WallClock): Promise<StandingBudget | undefined>;
  /** @returns undefined where there is none */
  update(name: BudgetName, change: BudgetChange, nowMs: number): Promise<StandingBudget | undefined>;
  /** Brings budgets to what is wanted; nothing is done where the plan has violations. @throws TOO_MANY_BUDGETS */
  apply(application: BudgetApplication, clock: WallClock): Promise<BudgetPlan>;
  /** @returns whether there was one */
  remove(name: BudgetName): Promise<boolean>;
  /** @returns undefined where there is none */
  get(name: BudgetName, nowMs: number): Promise<StandingBudget | undefined>;
  /** By id, after one; at most `limit`. */
  list(page: BudgetPage, nowMs: number): Promise<StandingBudget[]>;
}

/** Which part of a tenant's budgets. */
export interface BudgetPage {
  readonly tenant: string;
  /** Id of the last one of the page before; '' for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** What came of a correction, or would. */
export interface ReratingResult {
  /** Calls that were looked at. */
  readonly entries: number;
  readonly adjusted: number;
  /** What the adjusted ones cost before and after. */
  readonly beforeNanoUsd: bigint;
  readonly afterNanoUsd: bigint;
  /** Calls whose cost would still not be known. */
  readonly unpriced: number;
}

/** Who makes a correction, and why. */
export interface CorrectionRun {
  readonly id: string;
  readonly reason: string;
  readonly keyId: string;
  readonly nowMs: number;
}

/** Corrects what was charged. */
export interface UsageRerating {
  /** All of it or nothing. @param run undefined: only tells what would be @throws TOO_MANY_TO_RERATE */
  run(rerating: Rerating, run: CorrectionRun | undefined): Promise<ReratingResult>;
}

/** What of the ledger an invoice is compared with. */
export interface InvoiceQuestion {
  readonly scope: TenantScope;
  readonly provider: string;
  /** Whole days. */
  readonly period: Period;
}

/** What invoices are compared with, and what they correct. */
export interface InvoiceLedger {
  /** Each day of each model of each tenant, corrections included on the day of what they correct. @throws INVOICE_TOO_LARGE */
  read(question: InvoiceQuestion): Promise<readonly TenantDay[]>;
  /** Books what is planned for what is read: all of it or nothing, one at a time. @throws INVOICE_TOO_LARGE, and what `plan` does */
  book(
    question: InvoiceQuestion,
    plan: (booked: readonly TenantDay[]) => AdjustmentPlan,
    run: CorrectionRun,
  ): Promise<AdjustmentPlan>;
}

/** What came of making terms. */
export type CreatedTerm =
  | { readonly kind: 'created' }
  /** There are, or were, terms of this id. */
  | { readonly kind: 'exists' }
  /** Others say something of the same prices at some time: which. */
  | { readonly kind: 'overlaps'; readonly id: string };

/** Where terms of prices are kept. */
export interface PriceTermStore {
  /** @throws TOO_MANY_PRICE_TERMS */
  create(term: StatedTerm, nowMs: number): Promise<CreatedTerm>;
  /** Ends what holds, and what is yet to. @returns whether there was anything to end */
  end(id: string, nowMs: number): Promise<boolean>;
  /** What holds or is yet to, by id. */
  list(nowMs: number): Promise<readonly StatedTerm[]>;
}

/** A version of the price book. */
export interface PriceBook {
  /** Grows with every change and sorts as text. */
  readonly version: string;
  /** By provider and model. */
  readonly prices: readonly OfferingPrice[];
  /** What holds or is yet to in place of them, by id. */
  readonly terms: readonly StatedTerm[];
}

/** Where price books are kept. */
export interface PriceBookStore {
  /** Version in force; undefined before the first. */
  currentVersion(): Promise<string | undefined>;
  read(version: string): Promise<PriceBook>;
  /** Makes a new version of these prices, unless the version in force was made from the same catalog. @returns the version in force */
  adopt(catalog: CatalogPrices): Promise<string>;
}

/** How the last refresh of prices ended. */
export interface PriceRefreshStatus {
  /** Why the last attempt changed nothing; undefined where it succeeded, or one is under way. */
  readonly failure: string | undefined;
  /** When one last succeeded; undefined: never. */
  readonly refreshedAt: Date | undefined;
  /** Prices that it set aside. */
  readonly setAside: number;
}

/** Prices that were refreshed from their sources, before the operator's overlay. */
export interface RefreshedPrices {
  readonly prices: readonly OfferingPrice[];
  readonly setAside: number;
  /** Digest of the bundled catalog's prices that they go with: with another release's they do not count. */
  readonly bundledDigest: string;
}

/** Keeps the last refresh of prices, and lets one replica at a time make the next. */
export interface PriceRefreshStore {
  /** Takes the refresh that is due, for 10 minutes; false where none is, or another replica has it. */
  claim(due: { readonly everyHours: number; readonly bundledDigest: string }): Promise<boolean>;
  /** Ends what was claimed with new prices. */
  succeed(refreshed: RefreshedPrices): Promise<void>;
  /** Ends what was claimed without; it is due again after an hour at most. */
  fail(why: string): Promise<void>;
  status(): Promise<PriceRefreshStatus>;
  /** Prices of the last refresh that succeeded with this bundled catalog; undefined where none did. */
  read(bundledDigest: string): Promise<readonly OfferingPrice[] | undefined>;
}

/** Prices as a catalog has them. */
export interface CatalogPrices {
  /** SHA-256 of the prices, hex. */
  readonly digest: string;
  readonly prices: readonly OfferingPrice[];
}

/** Whose entries are asked for. */
export type TenantScope = { readonly kind: 'tenant'; readonly tenant: string } | { readonly kind: 'all' };

/** Answers questions about the ledger. */
export interface LedgerQueries {
  summarise(scope: TenantScope, query: SummaryQuery): Promise<Summary>;
  /** Newest first; at most `limit`. */
  list(tenant: string, query: EntriesQuery): Promise<readonly ListedEntry[]>;
}

/** By what names models were asked for. */
export interface AskedNames {
  read(
    scope: TenantScope,
    asked: { readonly period: Period; readonly models: readonly Pick<AskedName, 'provider' | 'model'>[] },
  ): Promise<readonly AskedName[]>;
}

/** What configured providers offer. */
export interface OfferDirectory {
  /** Of every tenant. @throws ServiceError while routing cannot be asked */
  list(): Promise<readonly Offer[]>;
}

/** Which sums statements are made of. */
export interface ChargebackQuery {
  /** Whole days. */
  readonly period: Period;
  /** What tenants are divided by; undefined: nothing. */
  readonly teamBy: Grouping | undefined;
  /** Whether each day has lines of its own. */
  readonly by: 'day' | 'period';
  /** Whose lines are read; undefined: all tenants'. */
  readonly tenant: string | undefined;
  /** Most lines and sums together. */
  readonly maxLines: number;
}

/** What statements are made from, of all tenants. */
export interface ChargebackSource {
  /** Seals the period's days that have entries as they are now, but none that was changed. */
  seal(period: Period): Promise<readonly SealedDay[]>;
  /** The period's days that have entries, as they were last sealed; 0 entries where one never was. */
  sealed(period: Period): Promise<readonly SealedDay[]>;
  /** Lines, the sums of all tenants, and how many entries these are of, of one moment; undefined where there are more than are wanted. */
  lines(query: ChargebackQuery): Promise<ChargebackSums | undefined>;
}

/** What the ledger has of a period. */
export interface ChargebackSums {
  readonly lines: readonly ChargebackLine[];
  readonly sums: readonly CostSum[];
  readonly entries: bigint;
}

/** Days that sealing does not help, and how many entries roll-ups counted of each then. */
export type PassedDays = ReadonlyMap<string, bigint>;

/** What days of the ledger were sealed with. Days are UTC: `2026-11-02`. */
export interface LedgerSeals {
  /** Seals the first day of a period that is not sealed as it is, but for those that are passed over. @returns undefined where there is none */
  sealNext(period: Period, passed: PassedDays): Promise<SealOutcome | undefined>;
  /** Seals a day, where it is not sealed as it is. @returns undefined where it is, or has no entries */
  sealDay(day: string): Promise<SealOutcome | undefined>;
  /** A day as it is, against its last seal. */
  verify(day: string): Promise<VerifiedDay>;
  /** Days whose seals were changed, or stand where another was taken out; at most 100. */
  brokenSeals(): Promise<readonly string[]>;
}

/** A message of the usage stream. */
export interface UsageMessage {
  readonly data: Uint8Array;
  /** When the stream took it, in wall milliseconds. */
  readonly sentAtMs: number;
  /** It is committed and may be forgotten. */
  ack(): void;
  /** It is to come again after a while. */
  nak(delayMs: number): void;
  /** It is never to come again. */
  term(reason: string): void;
}

/** Messages as they arrive. The iteration ends when it is told to stop; it throws when stream or consumer are gone. */
export interface UsageMessages extends AsyncIterable<UsageMessage> {
  /** No more are asked for; those received already still come. */
  stop(): void;
}
