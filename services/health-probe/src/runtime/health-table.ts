import type { Activity, HealthRecord } from '../domain/health-record.ts';
import { type ProviderName, providerKey } from '../domain/provider-key.ts';
import type { StoredTable } from '../ports.ts';
import { TableWatch } from './table-watch.ts';

/** The health of all providers as this replica knows it: a copy of the stored table, and who watches it. */
export class HealthTable {
  #records = new Map<string, HealthRecord>();
  #version = 0n;
  #isLoaded = false;
  #isEnding = false;
  readonly #watches = new Set<TableWatch>();

  get version(): bigint {
    return this.#version;
  }

  /** Whether it was ever read. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get watchers(): number {
    return this.#watches.size;
  }

  records(): Iterable<HealthRecord> {
    return this.#records.values();
  }

  get(name: ProviderName): HealthRecord | undefined {
    return this.#records.get(providerKey(name));
  }

  /** Takes a stored table over; an older one than is known is ignored. Watchers are told what differs. */
  replace({ version, records }: StoredTable): void {
    if (this.#isLoaded && version < this.#version) return;
    const before = this.#records;
    this.#records = new Map(
      records.map((record) => {
        const key = providerKey(record);
        return [key, withActivity(record, before.get(key) ?? record)];
      }),
    );
    const isNewVersion = version !== this.#version;
    this.#version = version;
    this.#isLoaded = true;
    if (!isNewVersion) return;
    const changed: string[] = [];
    for (const [key, record] of this.#records) {
      if (before.get(key)?.version !== record.version) changed.push(key);
    }
    for (const watch of this.#watches) watch.note(changed);
  }

  /** Keeps when a provider last did something; watchers are not told. */
  note(name: ProviderName, activity: Partial<Activity>): void {
    const key = providerKey(name);
    const record = this.#records.get(key);
    if (record === undefined) return;
    this.#records.set(key, withActivity(record, { ...record, ...activity }));
  }

  /** Begins to watch. Ended by {@link TableWatch.end} or {@link endWatches}. */
  watch(): TableWatch {
    const watch = new TableWatch(() => this.#watches.delete(watch));
    this.#watches.add(watch);
    if (this.#isEnding) watch.end();
    return watch;
  }

  /** The service stops: watchers, and those who come later, are to go elsewhere. */
  endWatches(): void {
    this.#isEnding = true;
    for (const watch of [...this.#watches]) watch.end();
  }
}

/** A record with the later times of two. */
function withActivity(record: HealthRecord, activity: Activity): HealthRecord {
  return {
    ...record,
    lastSuccessAtMs: later(record.lastSuccessAtMs, activity.lastSuccessAtMs),
    lastFailureAtMs: later(record.lastFailureAtMs, activity.lastFailureAtMs),
    lastProbeAtMs: later(record.lastProbeAtMs, activity.lastProbeAtMs),
  };
}

function later(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
