import { indexExperiments } from '../experiment/index-experiments.ts';
import { indexPools } from '../pool/pool-index.ts';
import { indexModels } from './index-models.ts';
import { offersOf } from './provider-offers.ts';
import type { Snapshot } from './snapshot.ts';
import type { SnapshotParts } from './snapshot-parts.ts';
import { TermBook } from './term-book.ts';

/** Where a provider's offers come from: made anew, or known from an earlier build with the same source. */
export type OffersOf = typeof offersOf;

/** Builds the immutable object that decisions are made on. */
export function buildSnapshot(parts: SnapshotParts, offersFor: OffersOf = offersOf): Snapshot {
  const offers = parts.providers
    .map((provider) => offersFor(provider, parts))
    .filter((one) => one !== undefined);
  const offerings = offers.flatMap((one) => one.offerings);
  offerings.sort((a, b) => (a.key < b.key ? -1 : 1));
  const byModel = indexModels(offerings);
  const byProvider = Map.groupBy(offerings, ({ provider }) => provider.id);
  return Object.freeze({
    version: versionOf(parts),
    priceVersion: parts.priceBook.version,
    terms: parts.priceBook.terms.length === 0 ? undefined : new TermBook(parts.priceBook.terms),
    providers: offers.map(({ provider }) => provider),
    offerings,
    byModel,
    byProvider,
    pools: indexPools(parts.pools, { byModel, byProvider }),
    policies: new Map(parts.policies.map((policy) => [policy.tenant, policy])),
    experiments: indexExperiments(parts.experiments),
    health: parts.health,
  });
}

/** The same snapshot with other health: all else is taken over, the indexes of its offerings too. */
export const withHealth = (snapshot: Snapshot, parts: SnapshotParts): Snapshot =>
  Object.freeze({ ...snapshot, version: versionOf(parts), health: parts.health });

const versionOf = ({ configurationVersion, priceBook, healthVersion }: SnapshotParts): string =>
  `${configurationVersion}:${priceBook.version}:${healthVersion}`;
