import type { HealthState } from '@switchyard/contracts/health';
import type { Experiment, Policy, Pool, Provider, ProviderModel } from '@switchyard/contracts/routing';
import {
  type Catalog,
  type Offering as CatalogOffering,
  findWireFormat,
  type TieredPrices,
} from '@switchyard/llm';
import { indexExperiments } from '../experiment/index-experiments.ts';
import { indexPools } from '../pool/pool-index.ts';
import { type CapabilitySet, capabilitySet } from './capability.ts';
import { indexModels } from './index-models.ts';
import { isRegion } from './region.ts';
import type { AttemptLimits, ConfiguredProvider, Offering, Snapshot } from './snapshot.ts';
import { tokenRates } from './token-rates.ts';

/** Prices by `catalog provider/model`, of one version. */
export interface PriceBook {
  readonly version: string;
  readonly prices: ReadonlyMap<string, TieredPrices>;
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

/** Priority of a provider that sets none. */
const DEFAULT_PRIORITY = 100;
/** Weight of a provider that sets none. */
const DEFAULT_WEIGHT = 100;
/** What a model can do of which nothing is known: it is asked for text by an operator who configured it. */
const ASSUMED_CAPABILITIES = capabilitySet(['text', 'streaming']);

/** Key of a provider: unique over tenants. */
export const providerKey = (tenant: string, id: string): string => `${tenant}/${id}`;

/** Key of an offering in the price book. */
export const priceKey = (catalogProvider: string, model: string): string => `${catalogProvider}/${model}`;

/** Builds the immutable object that decisions are made on. */
export function buildSnapshot(parts: SnapshotParts): Snapshot {
  const providers: ConfiguredProvider[] = [];
  const offerings: Offering[] = [];
  const aliases = aliasesByTarget(parts.catalog);
  for (const provider of parts.providers) {
    const configured = configure(provider, parts);
    if (configured === undefined) continue;
    providers.push(configured);
    for (const model of modelsOf(provider, parts.catalog))
      offerings.push(offer(configured, model, { ...parts, aliases }));
  }
  offerings.sort((a, b) => (a.key < b.key ? -1 : 1));
  const byModel = indexModels(offerings);
  const byProvider = Map.groupBy(offerings, ({ provider }) => provider.id);
  return Object.freeze({
    version: versionOf(parts),
    priceVersion: parts.priceBook.version,
    providers,
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

function configure(
  provider: Provider,
  { catalog, defaultLimits }: SnapshotParts,
): ConfiguredProvider | undefined {
  const format = findWireFormat(provider.wireFormat);
  if (format === undefined) return undefined;
  const catalogId = provider.catalogId || provider.id;
  const limits = provider.timeLimits;
  return {
    key: providerKey(provider.tenant, provider.id),
    id: provider.id,
    tenant: provider.tenant,
    format,
    dialect: catalog.provider(catalogId)?.dialect,
    baseUrl: provider.baseUrl.replace(/\/+$/, ''),
    credentialRef: provider.credentialRef,
    catalogId,
    priority: provider.priority ?? DEFAULT_PRIORITY,
    weight: provider.weight ?? DEFAULT_WEIGHT,
    region: isRegion(provider.region) ? provider.region : 'global',
    tags: new Set(provider.tags),
    mode: provider.mode,
    simulated: provider.simulated,
    limits: {
      connectMs: limits?.connectMs ?? defaultLimits.connectMs,
      firstTokenMs: limits?.firstTokenMs ?? defaultLimits.firstTokenMs,
      betweenTokensMs: limits?.betweenTokensMs ?? defaultLimits.betweenTokensMs,
      totalMs: limits?.totalMs ?? defaultLimits.totalMs,
    },
  };
}

/**
 * The models that a provider names, else those of its catalog entry that answer a chat in the provider's format, and that
 * are known to be offered still.
 */
function modelsOf(provider: Provider, catalog: Catalog): readonly ProviderModel[] {
  if (provider.models.length > 0) return provider.models;
  const offered = catalog.offeringsOf(provider.catalogId || provider.id).filter(isServed);
  return offered.map(({ model }) => ({
    model,
    catalogModel: '',
    capabilities: [],
  }));
}

const isServed = ({ mode, unlisted, wireFormat }: CatalogOffering): boolean =>
  mode === 'chat' && !unlisted && wireFormat === undefined;

function offer(
  provider: ConfiguredProvider,
  model: ProviderModel,
  { catalog, priceBook, aliases }: SnapshotParts & { readonly aliases: AliasesByTarget },
): Offering {
  const catalogModel = model.catalogModel || model.model;
  const known = catalog.findOffering(provider.catalogId, catalogModel);
  const priced = priceBook.prices.get(priceKey(provider.catalogId, catalogModel));
  return {
    key: `${provider.key}/${model.model}`,
    provider,
    model: model.model,
    canonicalModel: known?.canonicalModel,
    aliases: aliases.get(priceKey(provider.catalogId, catalogModel)) ?? NO_ALIASES,
    priority: provider.priority,
    weight: provider.weight,
    balancingGroup: provider.key,
    capabilities: capabilitiesOf(model, known),
    traits: known?.traits,
    contextTokens: model.contextTokens ?? known?.contextTokens,
    maxOutputTokens: model.maxOutputTokens ?? known?.maxOutputTokens,
    prices: priced?.prices,
    tiers: priced?.tiers ?? [],
    rates: tokenRates({ prices: priced?.prices, tiers: priced?.tiers ?? [] }),
  };
}

/** Other names of what the catalog has, by `catalog provider/model`. */
type AliasesByTarget = ReadonlyMap<string, readonly string[]>;

const NO_ALIASES: readonly string[] = [];

function aliasesByTarget(catalog: Catalog): AliasesByTarget {
  const byTarget = new Map<string, string[]>();
  for (const [name, { provider, model }] of catalog.aliases()) {
    const key = priceKey(provider, model);
    byTarget.set(key, [...(byTarget.get(key) ?? []), name]);
  }
  return byTarget;
}

function capabilitiesOf(model: ProviderModel, known: CatalogOffering | undefined): CapabilitySet {
  if (model.capabilities.length > 0) return capabilitySet(model.capabilities);
  return known === undefined ? ASSUMED_CAPABILITIES : capabilitySet(known.capabilities);
}
