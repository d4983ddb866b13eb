import type { HealthState } from '@switchyard/contracts/health';
import type { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { prepareSelections } from '../domain/decide/select-offerings.ts';
import {
  buildSnapshot,
  type PriceBook,
  type SnapshotParts,
  withHealth,
} from '../domain/snapshot/build-snapshot.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';

/** Providers, pools, policies and experiments of one version. */
export interface ConfigurationPart {
  readonly version: string;
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
  readonly policies: readonly Policy[];
  readonly experiments: readonly Experiment[];
}

/** Health of one version. */
export interface HealthPart {
  readonly version: string;
  /** Provider key → state. */
  readonly health: ReadonlyMap<string, HealthState>;
}

/** The current snapshot. Parts arrive one by one; each builds a new snapshot as a whole, and a request reads one reference. */
export class SnapshotHolder {
  #parts: SnapshotParts;
  #current: Snapshot;
  readonly #onChange: (snapshot: Snapshot, parts: SnapshotParts) => void;

  constructor(parts: SnapshotParts, onChange: (snapshot: Snapshot, parts: SnapshotParts) => void) {
    this.#parts = parts;
    this.#current = buildSnapshot(parts);
    prepareSelections(this.#current);
    this.#onChange = onChange;
  }

  get current(): Snapshot {
    return this.#current;
  }

  get parts(): SnapshotParts {
    return this.#parts;
  }

  setConfiguration({ version, ...configuration }: ConfigurationPart): void {
    if (version !== this.#parts.configurationVersion)
      this.#rebuild({ configurationVersion: version, ...configuration });
  }

  setPrices(priceBook: PriceBook): void {
    if (priceBook.version !== this.#parts.priceBook.version) this.#rebuild({ priceBook });
  }

  setHealth({ version, health }: HealthPart): void {
    if (version === this.#parts.healthVersion) return;
    this.#parts = { ...this.#parts, healthVersion: version, health };
    this.#replace(withHealth(this.#current, this.#parts));
  }

  #rebuild(change: Partial<SnapshotParts>): void {
    this.#parts = { ...this.#parts, ...change };
    this.#replace(buildSnapshot(this.#parts));
  }

  #replace(snapshot: Snapshot): void {
    prepareSelections(snapshot);
    this.#current = snapshot;
    this.#onChange(this.#current, this.#parts);
  }
}
