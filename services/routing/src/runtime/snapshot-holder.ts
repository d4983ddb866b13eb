import type { HealthState } from '@switchyard/contracts/health';
import type { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { prepareSelections } from '../domain/decide/select-offerings.ts';
import { withHealth } from '../domain/snapshot/build-snapshot.ts';
import type { Snapshot } from '../domain/snapshot/snapshot.ts';
import type { PriceBook, SnapshotParts } from '../domain/snapshot/snapshot-parts.ts';
import { KnownOffers } from './known-offers.ts';

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

/**
 * The current snapshot. Parts arrive one by one; each builds a new snapshot as a whole, of the
 * providers that have changed and the offers of those that have not, and a request reads one reference.
 */
export class SnapshotHolder {
  readonly #offers = new KnownOffers();
  #parts: SnapshotParts;
  #current: Snapshot;
  #waiting: PriceBook | undefined;
  readonly #onChange: (snapshot: Snapshot, parts: SnapshotParts) => void;

  constructor(parts: SnapshotParts, onChange: (snapshot: Snapshot, parts: SnapshotParts) => void) {
    this.#parts = parts;
    this.#current = this.#offers.build(parts);
    prepareSelections(this.#current);
    this.#onChange = onChange;
  }

  get current(): Snapshot {
    return this.#current;
  }

  get parts(): SnapshotParts {
    return this.#parts;
  }

  /** Throws where no snapshot can be built of it; then everything stays as it was. */
  setConfiguration({ version, ...configuration }: ConfigurationPart): void {
    if (version !== this.#parts.configurationVersion)
      this.#rebuild({ configurationVersion: version, ...configuration });
  }

  /** The version of prices that no snapshot could be built with yet; they are tried again with each part that comes. */
  get waitingPrices(): string | undefined {
    return this.#waiting?.version;
  }

  /** Throws where no snapshot can be built with them; then everything stays as it was, and the next part brings them along. */
  setPrices(priceBook: PriceBook): void {
    // Those that come later stand in for those that wait.
    this.#waiting = undefined;
    if (priceBook.version === this.#parts.priceBook.version) return;
    try {
      this.#rebuild({ priceBook });
    } catch (error) {
      this.#waiting = priceBook;
      throw error;
    }
  }

  setHealth({ version, health }: HealthPart): void {
    if (version === this.#parts.healthVersion) return;
    const change = { healthVersion: version, health };
    if (this.#withWaiting(change)) return;
    const parts = { ...this.#parts, ...change };
    this.#replace(parts, withHealth(this.#current, parts));
  }

  #rebuild(change: Partial<SnapshotParts>): void {
    if (this.#withWaiting(change)) return;
    const parts = { ...this.#parts, ...change };
    this.#replace(parts, this.#offers.build(parts));
  }

  /** Takes a change with the prices that wait. @returns whether that went well */
  #withWaiting(change: Partial<SnapshotParts>): boolean {
    const priceBook = this.#waiting;
    if (priceBook === undefined) return false;
    const parts = { ...this.#parts, ...change, priceBook };
    try {
      this.#replace(parts, this.#offers.build(parts));
    } catch {
      // Told when they came: they wait on.
      return false;
    }
    this.#waiting = undefined;
    return true;
  }

  /** Parts and snapshot change together, after both are made: else an old snapshot would go by the version of new parts. */
  #replace(parts: SnapshotParts, snapshot: Snapshot): void {
    prepareSelections(snapshot);
    this.#parts = parts;
    this.#current = snapshot;
    this.#onChange(snapshot, parts);
  }
}
