import type { Clock } from '@switchyard/kernel';
import type { WindowStatistics } from '@switchyard/resilience';
import { type Logger, Loop } from '@switchyard/service-kit';
import { nextAlerts, type WatchedForAlerts } from '../domain/alerts/next-alerts.ts';
import type { HealthRecord } from '../domain/health-record.ts';
import type { HealthProbeEvents } from '../events.ts';
import type { AlertStore, LeaseHolder } from '../ports.ts';
import type { HealthTable } from './health-table.ts';
import type { Leadership } from './leadership.ts';
import type { ObservedProviders } from './observed-providers.ts';

export interface AlertWatchOptions {
  readonly store: AlertStore;
  readonly holder: LeaseHolder;
  readonly table: HealthTable;
  readonly observed: ObservedProviders;
  readonly leadership: Leadership;
  readonly events: HealthProbeEvents;
  /** Told when somebody is to be told. */
  readonly onChange: () => void;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Observations come once a second. */
const EVERY_MS = 1_000;
const KEPT_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Judges the rules, on the leading replica only. What it goes by is read from the database each time and what it decides is
 * written there before anybody is told, so that neither a restart nor another leader tells anything twice.
 */
export class AlertWatch {
  readonly #options: AlertWatchOptions;
  readonly #loop: Loop;
  #firing = 0;
  #forgotAtMs: number;
  #isBroken = false;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
    this.#forgotAtMs = options.clock.monotonicMs();
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#turn() });
  }

  /** Alerts that fire, as far as this replica judges; 0 on the others. */
  get firing(): number {
    return this.#options.leadership.isLeader ? this.#firing : 0;
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #turn(): Promise<void> {
    const { leadership, table, log } = this.#options;
    if (!leadership.isLeader || !table.isLoaded) return;
    try {
      await this.#judge();
      await this.#forget();
      this.#isBroken = false;
    } catch (error) {
      if (!this.#isBroken) log.warn({ err: error }, 'alerts cannot be judged; trying again');
      this.#isBroken = true;
    }
  }

  async #judge(): Promise<void> {
    const { store, holder, table, leadership, events, newId, clock } = this.#options;
    const { rules, open } = await store.readWatch();
    const providers = [...table.records()].map((record) => this.#watched(record));
    const changes = nextAlerts({ rules, open, providers, nowMs: clock.wallMs(), newId });
    this.#firing = open.filter(({ phase }) => phase.kind === 'firing').length;
    if (changes.length === 0) return;
    if (!(await store.record(holder, changes))) return leadership.lose();
    const told = changes.flatMap(({ kind }) => (kind === 'fired' || kind === 'resolved' ? [kind] : []));
    for (const event of told) events.alerted(event);
    if (told.length > 0) this.#options.onChange();
  }

  #watched(record: HealthRecord): WatchedForAlerts {
    const { observed, clock } = this.#options;
    const { tenant, provider, state } = record;
    const nowMs = clock.monotonicMs();
    const { whole } = observed.windowsOf(record);
    const known = new Map<number, WindowStatistics>();
    return {
      ...{ tenant, provider, state },
      statistics(windowMs) {
        const seen = known.get(windowMs) ?? whole.statistics(nowMs, nowMs - windowMs);
        known.set(windowMs, seen);
        return seen;
      },
    };
  }

  async #forget(): Promise<void> {
    const { store, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#forgotAtMs < FORGET_EVERY_MS) return;
    this.#forgotAtMs = nowMs;
    await store.forget(clock.wallMs() - KEPT_MS);
  }
}
