import { HealthState } from '@switchyard/contracts/health';
import { Provider, ProviderMode } from '@switchyard/contracts/routing';
import { type Random, seededRandom } from '@switchyard/kernel';
import { type Catalog, type Prices, pricesOf } from '@switchyard/llm';
import { prepareSelections } from '../src/domain/decide/select-offerings.ts';
import { buildSnapshot } from '../src/domain/snapshot/build-snapshot.ts';
import { indexModels } from '../src/domain/snapshot/index-models.ts';
import type { Offering } from '../src/domain/snapshot/offering.ts';
import { priceKey } from '../src/domain/snapshot/provider-offers.ts';
import { REGIONS } from '../src/domain/snapshot/region.ts';
import type { Snapshot } from '../src/domain/snapshot/snapshot.ts';
import type { SnapshotParts } from '../src/domain/snapshot/snapshot-parts.ts';
import { tokenRates } from '../src/domain/snapshot/token-rates.ts';

/** How large a snapshot is to be. */
export interface BenchSize {
  /** Providers that are configured: those of the catalog that offer most. */
  readonly providers: number;
  /** How many times each offering is there, at prices of its own. */
  readonly times: number;
}

/** The whole catalog of some providers, at different priorities, in different regions, a few of them degraded. */
export function benchSnapshot(catalog: Catalog, { providers: count, times }: BenchSize): Snapshot {
  const random = seededRandom(1n);
  const ids = catalog.providers().map(({ id }) => id);
  const largest = ids
    .map((id) => ({ id, size: catalog.offeringsOf(id).length }))
    .sort((a, b) => b.size - a.size)
    .slice(0, count);
  const providers = largest.map(({ id }, i) =>
    Provider.fromPartial({
      id,
      wireFormat: ['openai-chat', 'anthropic-messages', 'gemini'][i % 3] ?? 'openai-chat',
      baseUrl: 'https://example.com/v1',
      priority: i % 5,
      weight: 1 + (i % 7),
      region: REGIONS[i % REGIONS.length] ?? 'global',
      tags: i % 2 === 0 ? ['gdpr'] : [],
      mode: ProviderMode.ENABLED,
    }),
  );
  const prices = new Map(
    largest.flatMap(({ id }) =>
      catalog.offeringsOf(id).map((offering) => [priceKey(id, offering.model), offering] as const),
    ),
  );
  const snapshot = buildSnapshot({
    ...benchParts(catalog, providers),
    priceBook: { version: '1', terms: [], prices },
    health: new Map(largest.slice(0, 4).map(({ id }) => [`/${id}`, HealthState.DEGRADED])),
  });
  return multiplied(snapshot, times, random);
}

/** What a snapshot of some providers is built from, without prices. */
export const benchParts = (catalog: Catalog, providers: readonly Provider[]): SnapshotParts => ({
  configurationVersion: '1',
  providers,
  pools: [],
  policies: [],
  experiments: [],
  priceBook: { version: '1', terms: [], prices: new Map() },
  healthVersion: '1',
  health: new Map(),
  catalog,
  defaultLimits: { connectMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
});

/** The tenant `t` and others, with five providers of one model each, all of the same name: {@link CROWDED_MODEL}. */
export function crowdedSnapshot(catalog: Catalog, others: number): Snapshot {
  const tenants = ['t', ...Array.from({ length: others }, (_, i) => `other-${i}`)];
  const snapshot = buildSnapshot(benchParts(catalog, tenants.flatMap(fiveProvidersOf)));
  prepareSelections(snapshot);
  return snapshot;
}

/** What every provider of a crowded snapshot offers. */
export const CROWDED_MODEL = 'crowded';

/** Five providers of a tenant, each with {@link CROWDED_MODEL}. */
export const fiveProvidersOf = (tenant: string): Provider[] =>
  Array.from({ length: 5 }, (_, i) =>
    Provider.fromPartial({
      id: `p${i}`,
      tenant,
      etag: `${tenant}-${i}`,
      wireFormat: 'openai-chat',
      baseUrl: 'https://example.com/v1',
      models: [
        {
          model: CROWDED_MODEL,
          capabilities: ['text', 'streaming', 'tools', 'vision'],
          contextTokens: 100_000,
        },
      ],
    }),
  );

function multiplied(snapshot: Snapshot, times: number, random: Random): Snapshot {
  const offerings = snapshot.offerings.flatMap((offering) =>
    Array.from({ length: times }, (_, i) => (i === 0 ? offering : copyOf(offering, i, random))),
  );
  return { ...snapshot, offerings, byModel: indexModels(offerings) };
}

function copyOf(offering: Offering, i: number, random: Random): Offering {
  const factor = 0.5 + random();
  const scaled = (price: bigint | undefined) =>
    price === undefined ? undefined : BigInt(Math.round(Number(price) * factor));
  const { input, output, ...rest } = pricesOf(offering.prices ?? {});
  const prices: Prices | undefined =
    offering.prices === undefined ? undefined : { ...rest, input: scaled(input), output: scaled(output) };
  const tiers: [] = [];
  return {
    ...offering,
    key: `${offering.key}-${i}`,
    model: `${offering.model}-${i}`,
    prices,
    tiers,
    rates: tokenRates({ prices, tiers }),
  };
}
