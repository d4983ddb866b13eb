import type { ClaimedDelivery, DeliveryNext, Receiver, StoredDelivery } from '@switchyard/alerting';
import type { Receiver as ReceiverMessage } from '@switchyard/contracts/alert';
import type { AlertRule as RuleMessage } from '@switchyard/contracts/health';
import type { AlertRule } from './domain/alerts/alert-rule.ts';
import type { AlertChange, OpenAlert } from './domain/alerts/next-alerts.ts';
import type { CommittedChange, HealthChange, HealthRecord } from './domain/health-record.ts';
import type { ProbeModel } from './domain/probe-model.ts';
import type { ProbeBudget, ProbeSettings, ProbeSpending } from './domain/probe-settings.ts';
import type { ProviderName } from './domain/provider-key.ts';
import type { CallFailure } from './domain/provider-tests/advice.ts';
import type { ProviderTest, Verdict } from './domain/provider-tests/provider-test.ts';
import type { Uptime } from './domain/uptime.ts';
import type { WatchedProvider } from './domain/watched-provider.ts';

/** The table as it is stored. */
export interface StoredTable {
  readonly version: bigint;
  readonly records: readonly HealthRecord[];
}

/** Who may change the stored table: the replica that holds the lease. */
export interface LeaseHolder {
  readonly owner: string;
}

/** What came of changes that were to be made. */
export type CommitResult =
  | { readonly kind: 'committed'; readonly changes: readonly CommittedChange[] }
  | { readonly kind: 'stale' }
  | { readonly kind: 'lease_lost' };

/** Whose rows are read. */
export interface Shown {
  /** '' for the installation's; undefined: everybody's. */
  readonly tenants: readonly string[] | undefined;
  /** '' for all providers. */
  readonly provider: string;
}

/** A part of the history. */
export interface HistoryPage extends Shown {
  /** Wall milliseconds, inclusive. */
  readonly startMs: number;
  /** Wall milliseconds, exclusive. */
  readonly endMs: number;
  /** Only changes before this version; undefined: the newest. */
  readonly beforeVersion: bigint | undefined;
  readonly limit: number;
}

/** How long one provider worked, by span. */
export interface ProviderUptime extends ProviderName {
  readonly spans: readonly Uptime[];
}

/** What was, as far as it is kept. */
export interface HealthHistory {
  /** Changes, the newest first. */
  changes(page: HistoryPage): Promise<readonly CommittedChange[]>;
  /** How long providers have worked, in the order of their ids. */
  uptime(shown: Shown, nowMs: number): Promise<readonly ProviderUptime[]>;
}

/** Where health is kept. */
export interface HealthStore {
  /** Version of the stored table. */
  version(): Promise<bigint>;
  load(): Promise<StoredTable>;
  /**
   * Takes or renews the lease.
   *
   * @returns whether it is held now
   */
  renewLease(holder: LeaseHolder, leaseMs: number): Promise<boolean>;
  /** Lets another replica take over at once. */
  releaseLease(holder: LeaseHolder): Promise<void>;
  /**
   * Makes changes of states, in order, each with a version of its own. Nothing is changed where the stored table is not the
   * one that they were judged on, or another replica holds the lease.
   */
  commit(
    holder: LeaseHolder,
    judged: { readonly onVersion: bigint; readonly changes: readonly HealthChange[] },
  ): Promise<CommitResult>;
  /**
   * Adds providers that were never judged, and removes those that are gone; a new version where anything changed.
   *
   * @returns false where another replica holds the lease: nothing was changed
   */
  reconcile(
    holder: LeaseHolder,
    change: { readonly add: readonly HealthRecord[]; readonly remove: readonly ProviderName[] },
  ): Promise<boolean>;
  /** Keeps when providers last did something; no new version. */
  touch(holder: LeaseHolder, records: readonly HealthRecord[]): Promise<void>;
  /** The oldest changes that the bus does not have yet. */
  unpublished(limit: number): Promise<readonly CommittedChange[]>;
  markPublished(versions: readonly bigint[], nowMs: number): Promise<void>;
  /** Removes published changes from before an instant, wall milliseconds. */
  forgetChanges(beforeMs: number): Promise<void>;
}

/** What came of a probe, as far as it concerns who sends the next one: the provider's health comes from routing's observations. */
export type ProbeOutcome = 'ok' | 'failed' | 'unfit_model' | 'refused' | 'over_budget' | 'routing_away';

/** What came of a probe. */
export interface ProbeResult {
  readonly outcome: ProbeOutcome;
  /** Nano-USD; undefined where it is not known. */
  readonly costNanoUsd: bigint | undefined;
}

/** One model of one provider. */
export interface ProbeTarget extends ProviderName {
  readonly model: string;
  /** Most that it may cost, in nano-USD; 0: no limit. */
  readonly maxCostNanoUsd: bigint;
}

/** What a probe takes of a provider's budget. */
export interface ProbeTake extends ProviderName {
  /** In UTC: `2026-11-29`. */
  readonly day: string;
  readonly budget: ProbeBudget;
}

/** What a probe has cost, in the place of what was held for it. */
export interface ProbeSettlement extends ProviderName {
  readonly day: string;
  readonly holdNanoUsd: bigint;
  readonly costNanoUsd: bigint;
}

/** Settings of all providers that have some, and what probes took on one day; by `providerKey`. */
export interface StoredProbing {
  readonly day: string;
  readonly settings: ReadonlyMap<string, ProbeSettings>;
  readonly spending: ReadonlyMap<string, ProbeSpending>;
}

/** Where it is kept how providers are probed, and what that took. */
export interface ProbingStore {
  read(day: string): Promise<StoredProbing>;
  put(settings: ProbeSettings): Promise<void>;
  /** @returns false where the budget has nothing left, or another replica holds the lease */
  take(holder: LeaseHolder, take: ProbeTake): Promise<boolean>;
  settle(settlement: ProbeSettlement): Promise<void>;
  /** Removes what was spent before a day, and settings of providers that are gone. */
  forget(beforeDay: string): Promise<void>;
}

/** A request of a test, aimed at one model of one provider. */
export interface TestCall extends ProviderName {
  readonly model: string;
  readonly test: ProviderTest;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came of a test's request. */
export type TestCallResult =
  | {
      readonly kind: 'answered';
      /** What the test says of the answer. */
      readonly verdict: Verdict;
      readonly requestId: string;
      /** Nano-USD; undefined where a price is unknown. */
      readonly costNanoUsd: bigint | undefined;
    }
  | (CallFailure & { readonly kind: 'failed'; readonly message: string; readonly requestId: string });

/** The routing service. */
export interface Routing {
  /** All providers of all tenants. @throws ServiceError */
  listProviders(): Promise<readonly WatchedProvider[]>;
  /** The models of a provider, and of no other owner's with the same id. @throws ServiceError */
  listModels(provider: ProviderName): Promise<readonly ProbeModel[]>;
  /** One token from one model of one provider. Never throws. */
  probe(target: ProbeTarget): Promise<ProbeResult>;
  /** The probe of a provider that needs no model: costs nothing. Never throws. */
  probeProvider(provider: ProviderName): Promise<ProbeOutcome>;
  /** The request of one test, whole or streamed. Never throws. */
  test(call: TestCall): Promise<TestCallResult>;
}

/** What alerts are judged by, of all owners. */
export interface AlertWatchState {
  readonly rules: readonly AlertRule[];
  /** Pending and firing ones. */
  readonly open: readonly OpenAlert[];
}

/** One try of telling one receiver of one thing. */
export interface DueDelivery extends ClaimedDelivery {
  /** Undefined: it is NATS, or there is no such receiver any more. */
  readonly receiver: Receiver | undefined;
}

/** Names a rule or a receiver. */
export interface DefinitionName {
  /** Owner, '' for the installation. */
  readonly tenant: string;
  readonly id: string;
}

/** A rule or a receiver as JSON. */
export interface StoredDefinition extends DefinitionName {
  readonly definition: unknown;
}

/** Part of the list of alerts. */
export interface AlertPage {
  readonly tenant: string;
  readonly openOnly: boolean;
  /** Only alerts before this id; undefined: the newest. */
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** An alert as it is listed. */
export interface StoredAlert {
  readonly id: string;
  readonly tenant: string;
  readonly rule: string;
  readonly provider: string;
  readonly providerTenant: string;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly value: number | undefined;
  readonly badSince: Date;
  readonly firedAt: Date | undefined;
  readonly resolvedAt: Date | undefined;
  readonly deliveries: readonly StoredDelivery[];
}

/** Where rules, receivers, alerts and what is to be told of them are kept. */
export interface AlertStore {
  readWatch(): Promise<AlertWatchState>;
  /** Keeps changes and who is to be told of them, all or nothing. @returns false where another replica holds the lease */
  record(holder: LeaseHolder, changes: readonly AlertChange[]): Promise<boolean>;
  /** Takes deliveries that are due, each for one try; none where another replica holds the lease. */
  claim(holder: LeaseHolder, limit: number): Promise<readonly DueDelivery[]>;
  settle(id: string, next: DeliveryNext): Promise<void>;
  /** Removes what was resolved before an instant, wall milliseconds. */
  forget(beforeMs: number): Promise<void>;
  list(page: AlertPage): Promise<readonly StoredAlert[]>;
  /** @returns false where there may be no more of them */
  putRule(rule: RuleMessage): Promise<boolean>;
  rules(tenant: string): Promise<readonly RuleMessage[]>;
  deleteRule(name: DefinitionName): Promise<boolean>;
  /** @returns false where there may be no more of them */
  putReceiver(receiver: ReceiverMessage): Promise<boolean>;
  receivers(tenant: string): Promise<readonly ReceiverMessage[]>;
  deleteReceiver(name: DefinitionName): Promise<boolean>;
}
