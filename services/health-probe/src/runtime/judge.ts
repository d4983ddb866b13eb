import type { Clock } from '@switchyard/kernel';
import { successRateFloor } from '@switchyard/resilience';
import { type Logger, Loop } from '@switchyard/service-kit';
import { healthEvent } from '../domain/health-event.ts';
import type { HealthChange, HealthRecord } from '../domain/health-record.ts';
import { judgeProvider } from '../domain/judge-provider.ts';
import { observedActivity } from '../domain/observed-activity.ts';
import { providerKey } from '../domain/provider-key.ts';
import type { WatchedProvider } from '../domain/watched-provider.ts';
import type { HealthProbeEvents } from '../events.ts';
import type { HealthStore, LeaseHolder } from '../ports.ts';
import type { HealthTable } from './health-table.ts';
import type { Leadership } from './leadership.ts';
import type { ObservedProviders } from './observed-providers.ts';
import type { ProviderRegistry } from './provider-registry.ts';

export interface JudgeOptions {
  readonly store: HealthStore;
  readonly holder: LeaseHolder;
  readonly table: HealthTable;
  readonly registry: ProviderRegistry;
  readonly observed: ObservedProviders;
  readonly leadership: Leadership;
  readonly events: HealthProbeEvents;
  /** Told when the table has a new version. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Observations come once a second. */
const EVERY_MS = 500;
/** How often it is stored when providers last did something. */
const TOUCH_EVERY_MS = 10_000;
const HISTORY_MS = 30 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Keeps the table. The leading replica judges every provider on what was observed, stores what changed, and only then shows
 * it; the others take over what is stored. So there is one line of versions, and what anybody saw survives a restart.
 */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #loop: Loop;
  #isReachable = true;
  #touchedAtMs = Number.NEGATIVE_INFINITY;
  #forgotAtMs: number;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#forgotAtMs = options.clock.monotonicMs();
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#turn() });
  }

  /** Whether the database answered the last time. */
  get isReachable(): boolean {
    return this.#isReachable;
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #turn(): Promise<void> {
    const { leadership, log } = this.#options;
    try {
      await this.#follow();
      if (leadership.isLeader) {
        await this.#reconcile();
        await this.#judge();
        await this.#keepHouse();
      }
      this.#isReachable = true;
    } catch (error) {
      if (this.#isReachable)
        log.warn({ err: error }, 'health cannot be stored or read; the last known one is shown');
      this.#isReachable = false;
    }
  }

  /** Takes over what is stored, where it is newer. */
  async #follow(): Promise<void> {
    const { store, table } = this.#options;
    if (table.isLoaded && (await store.version()) === table.version) return;
    table.replace(await store.load());
    this.#options.onChange();
  }

  /** Brings the stored providers in line with routing's. */
  async #reconcile(): Promise<void> {
    const { store, holder, table, registry, leadership, clock } = this.#options;
    const sinceMs = clock.wallMs();
    const add = [...registry.all()]
      .filter((name) => table.get(name) === undefined)
      .map((name) => untested(name, sinceMs));
    const remove = [...table.records()].filter((record) => registry.isGone(record));
    if (add.length === 0 && remove.length === 0) return;
    if (!(await store.reconcile(holder, { add, remove }))) return leadership.lose();
    await this.#follow();
  }

  async #judge(): Promise<void> {
    const { store, holder, leadership, events } = this.#options;
    const changes = this.#changes();
    if (changes.length === 0) return;
    const result = await store.commit(holder, { onVersion: this.#options.table.version, changes });
    switch (result.kind) {
      case 'committed':
        for (const { fromState, toState } of result.changes) events.changed(healthEvent(fromState, toState));
        return this.#follow();
      case 'stale':
        // The next turn judges on the newer table.
        return;
      case 'lease_lost':
        return leadership.lose();
      default:
        return result satisfies never;
    }
  }

  #changes(): HealthChange[] {
    const { table, registry, observed, clock } = this.#options;
    const now = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
    const judged = [...table.records()].flatMap((record) => {
      const provider = registry.get(record);
      return provider === undefined ? [] : [{ record, provider, windows: observed.windowsOf(record) }];
    });
    const floor = successRateFloor(judged.map(({ windows }) => windows.whole.statistics(now.monotonicMs)));
    return judged.flatMap(({ record, provider, windows }) => {
      const { inMaintenance } = provider;
      const next = judgeProvider({ record, windows, inMaintenance, successRateFloor: floor, now });
      if (next === undefined) return [];
      const { tenant, provider: id, state } = record;
      return [
        {
          tenant,
          provider: id,
          fromState: state,
          toState: next.state,
          reason: next.reason,
          changedAtMs: now.wallMs,
        },
      ];
    });
  }

  #withObserved(record: HealthRecord, nowMs: number): HealthRecord {
    const { table, observed, clock } = this.#options;
    table.note(
      record,
      observedActivity(observed.windowsOf(record), { wallMs: clock.wallMs(), monotonicMs: nowMs }),
    );
    return table.get(record) ?? record;
  }

  async #keepHouse(): Promise<void> {
    const { store, holder, table, observed, registry, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#touchedAtMs >= TOUCH_EVERY_MS) {
      this.#touchedAtMs = nowMs;
      await store.touch(
        holder,
        [...table.records()].map((record) => this.#withObserved(record, nowMs)),
      );
      const known = new Set([...registry.all()].map(providerKey));
      observed.forget((key) => known.has(key), nowMs);
    }
    if (nowMs - this.#forgotAtMs >= FORGET_EVERY_MS) {
      this.#forgotAtMs = nowMs;
      await store.forgetChanges(clock.wallMs() - HISTORY_MS);
    }
  }
}

function untested({ tenant, provider }: WatchedProvider, sinceMs: number): HealthRecord {
  return {
    ...{ tenant, provider, state: 'not_tested', reason: 'not called yet', sinceMs, version: 0n },
    lastSuccessAtMs: undefined,
    lastFailureAtMs: undefined,
    lastProbeAtMs: undefined,
  };
}
