import type { BusNames } from '@switchyard/contracts';
import { HealthChanged } from '@switchyard/contracts/events';
import type { Clock } from '@switchyard/kernel';
import {
  announceState,
  type Bus,
  type BusEvent,
  ensureStream,
  type Logger,
  Loop,
  publishEvent,
} from '@switchyard/service-kit';
import { healthEvent } from '../domain/health-event.ts';
import type { CommittedChange } from '../domain/health-record.ts';
import { tableDigest } from '../domain/table-digest.ts';
import type { HealthProbeEvents } from '../events.ts';
import type { HealthStore } from '../ports.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import type { Leadership } from '../runtime/leadership.ts';
import { healthStream } from './health-stream.ts';

export interface AnnouncerOptions {
  readonly bus: Bus;
  readonly names: BusNames;
  readonly replicas: number;
  readonly store: HealthStore;
  readonly table: HealthTable;
  readonly leadership: Leadership;
  readonly events: HealthProbeEvents;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Without a change everything is looked at again after this: a stream or bucket may have been wiped, an event not been sent. */
const EVERY_MS = 5_000;
const BATCH = 100;

/** Tells of changes: events from the stored changes, in the order of their versions, and the table's version as state. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #loop: Loop;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#announce() });
    options.bus.onConnect(() => this.#loop.wake());
  }

  /** Something changed: tells soon. */
  wake(): void {
    this.#loop.wake();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #announce(): Promise<void> {
    const { bus, leadership, log } = this.#options;
    if (!bus.isConnected || !leadership.isLeader) return;
    try {
      await this.#announceVersion();
      await this.#publishChanges();
    } catch (error) {
      log.warn({ err: error }, 'changes of health could not be announced; trying again');
    }
  }

  async #announceVersion(): Promise<void> {
    const { bus, names, table } = this.#options;
    if (!table.isLoaded) return;
    const state = { version: String(table.version), digest: tableDigest(table.records()) };
    await announceState({ bus, bucket: names.stateBucket, key: names.stateKeys.health }, state);
  }

  async #publishChanges(): Promise<void> {
    const { bus, names, replicas, store, events, clock } = this.#options;
    await ensureStream(await bus.manager(), healthStream(names, replicas));
    for (;;) {
      const changes = await store.unpublished(BATCH);
      if (changes.length === 0) return;
      for (const change of changes) await publishEvent(bus, busEvent(change, names));
      await store.markPublished(
        changes.map(({ version }) => version),
        clock.wallMs(),
      );
      events.published(changes.length);
    }
  }
}

function busEvent(change: CommittedChange, names: BusNames): BusEvent {
  const { id, tenant, provider, fromState, toState, reason, changedAtMs, version } = change;
  const event = healthEvent(fromState, toState);
  return {
    subject: names.health(event, provider),
    id,
    type: `switchyard.health.v1.${event}`,
    source: 'switchyard/health-probe',
    occurredAtMs: changedAtMs,
    traceparent: '',
    payload: HealthChanged.encode({
      ...{ provider, tenant, fromState, toState, reason, version },
      changedAt: new Date(changedAtMs),
    }).finish(),
  };
}
