import type { HealthState } from '@switchyard/contracts/health';
import type { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import type { Catalog, ChargedUnitPrices, PriceTerm, TieredPrices } from '@switchyard/llm';
import type { AttemptLimits } from './offering.ts';

/** Everything that an offering is charged by. */
export interface BookedPrices extends TieredPrices {
  /** Prices of units that are no text or audio tokens; undefined where none is known. */
  readonly unitPrices?: ChargedUnitPrices | undefined;
}

/** Prices by `catalog provider/model`, of one version. */
export interface PriceBook {
  readonly version: string;
  readonly prices: ReadonlyMap<string, BookedPrices>;
  /** What is charged in place of them. */
  readonly terms: readonly PriceTerm[];
}

/** What a snapshot is built from. */
export interface SnapshotParts {
  /** Grows with every change of providers, pools, policies and experiments. */
  readonly configurationVersion: string;
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
  readonly policies: readonly Policy[];
  /** Those that run or were promoted, at least. */
  readonly experiments: readonly Experiment[];
  readonly priceBook: PriceBook;
  readonly healthVersion: string;
  /** Provider key → state. */
  readonly health: ReadonlyMap<string, HealthState>;
  readonly catalog: Catalog;
  /** For limits that a provider does not set. */
  readonly defaultLimits: AttemptLimits;
}
