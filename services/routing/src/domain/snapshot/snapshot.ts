import type { HealthState } from '@switchyard/contracts/health';
import type { Policy } from '@switchyard/contracts/routing';
import type { ExperimentIndex } from '../experiment/index-experiments.ts';
import type { PoolIndex } from '../pool/pool-index.ts';
import type { ConfiguredProvider, Offering } from './offering.ts';
import type { TermBook } from './term-book.ts';

/** Everything that decisions are made on: immutable, replaced as a whole, read by one reference. */
export interface Snapshot {
  /** Version: the versions of its parts. */
  readonly version: string;
  readonly priceVersion: string;
  /** What is charged in place of the price book's prices; undefined: nothing is. */
  readonly terms: TermBook | undefined;
  readonly providers: readonly ConfiguredProvider[];
  /** In the order of their keys. */
  readonly offerings: readonly Offering[];
  /** Model id, canonical name or alias → its offerings. */
  readonly byModel: ReadonlyMap<string, readonly Offering[]>;
  /** Provider id → its offerings, of all tenants. */
  readonly byProvider: ReadonlyMap<string, readonly Offering[]>;
  readonly pools: PoolIndex;
  /** Tenant, '' for the installation → its policy. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** Experiments that say who answers for a model name. */
  readonly experiments: ExperimentIndex;
  /** Provider key → its health; absent: not tested. */
  readonly health: ReadonlyMap<string, HealthState>;
}
