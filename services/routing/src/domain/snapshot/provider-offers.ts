import type { Provider, ProviderModel } from '@switchyard/contracts/routing';
import {
  type Catalog,
  type Offering as CatalogOffering,
  findWireFormat,
  type ModelMode,
  type PlainOperationKind,
  type WireFormat,
} from '@switchyard/llm';
import { quotasOf } from '../limits/quota.ts';
import { authStyleOf } from '../provider/auth-style-of.ts';
import { readAddress } from '../provider/base-url.ts';
import { type CapabilitySet, capabilitySet } from './capability.ts';
import type { ConfiguredProvider, Offering } from './offering.ts';
import { residencyOf, tagsOf } from './offering-statements.ts';
import { endpointsOf, knownRegion } from './provider-endpoints.ts';
import type { SnapshotParts } from './snapshot-parts.ts';
import { tokenRates } from './token-rates.ts';

/** What a provider's offerings are made with, besides the provider. */
export type OfferSource = Pick<SnapshotParts, 'catalog' | 'priceBook' | 'defaultLimits'>;

/** A provider and what it offers. */
export interface ProviderOffers {
  readonly provider: ConfiguredProvider;
  /** In the order of their keys. */
  readonly offerings: readonly Offering[];
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

/** What a provider offers, and as whom; undefined where its wire format or the host of its base URL is not known. */
export function offersOf(provider: Provider, source: OfferSource): ProviderOffers | undefined {
  const configured = configure(provider, source);
  if (configured === undefined) return undefined;
  const aliases = aliasesOf(source.catalog);
  const offerings = modelsOf(provider, source.catalog).map((model) =>
    offer(configured, model, { ...source, aliases }),
  );
  offerings.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { provider: configured, offerings };
}

function configure(
  provider: Provider,
  { catalog, defaultLimits }: OfferSource,
): ConfiguredProvider | undefined {
  const format = findWireFormat(provider.wireFormat);
  const address = readAddress(provider.baseUrl);
  if (format === undefined || address === undefined) return undefined;
  const catalogId = provider.catalogId || provider.id;
  const limits = provider.timeLimits;
  const whole: ConfiguredProvider = {
    key: providerKey(provider.tenant, provider.id),
    id: provider.id,
    tenant: provider.tenant,
    format,
    dialect: catalog.provider(catalogId)?.dialect,
    endpoint: undefined,
    endpoints: [],
    address,
    headers: provider.headers,
    authStyle: authStyleOf({ stated: provider.authStyle, format, entry: catalog.provider(catalogId) }),
    credentialRef: provider.credentialRef,
    catalogId,
    priority: provider.priority ?? DEFAULT_PRIORITY,
    weight: provider.weight ?? DEFAULT_WEIGHT,
    region: knownRegion(provider.region),
    tags: new Set(provider.tags),
    mode: provider.mode,
    probeKind: provider.probeKind,
    batches: provider.batches,
    simulated: provider.simulated,
    limits: {
      connectMs: limits?.connectMs ?? defaultLimits.connectMs,
      firstTokenMs: limits?.firstTokenMs ?? defaultLimits.firstTokenMs,
      betweenTokensMs: limits?.betweenTokensMs ?? defaultLimits.betweenTokensMs,
      totalMs: limits?.totalMs ?? defaultLimits.totalMs,
    },
    adaptiveConcurrency: provider.limits?.adaptiveConcurrency ?? false,
    quotas: quotasOf(provider.limits, { tenant: provider.tenant, provider: provider.id, endpoint: '' }),
  };
  const endpoints = endpointsOf(whole, provider.endpoints);
  // Nobody said that it may be reached in another way.
  if (endpoints.length === 0 && provider.endpoints.length > 0) return undefined;
  return { ...whole, endpoints };
}

/**
 * The models that a provider names, else those of its catalog entry that do work which the provider's format can ask for, and
 * that are known to be offered still.
 */
function modelsOf(provider: Provider, catalog: Catalog): readonly ProviderModel[] {
  if (provider.models.length > 0) return provider.models;
  const format = findWireFormat(provider.wireFormat);
  const offered = catalog
    .offeringsOf(provider.catalogId || provider.id)
    .filter((offering) => isServed(offering, format));
  return offered.map(({ model }) => ({
    model,
    catalogModel: '',
    capabilities: [],
  }));
}

const isServed = ({ mode, unlisted, wireFormat }: CatalogOffering, format: WireFormat | undefined): boolean =>
  !unlisted && wireFormat === undefined && (mode === 'chat' || isOffered(mode, format));

const isOffered = (mode: ModelMode, format: WireFormat | undefined): boolean => {
  const kind = OPERATION_OF[mode];
  return kind !== undefined && format?.operations?.[kind] !== undefined;
};

/** The work that models of a mode are asked for, beside chats. */
const OPERATION_OF: Readonly<Partial<Record<ModelMode, PlainOperationKind>>> = {
  embeddings: 'embed',
  rerank: 'rerank',
  moderation: 'moderate',
  image: 'draw',
  speech: 'speak',
  transcription: 'transcribe',
};

function offer(
  provider: ConfiguredProvider,
  model: ProviderModel,
  { catalog, priceBook, aliases }: OfferSource & { readonly aliases: AliasesByTarget },
): Offering {
  const catalogModel = model.catalogModel || model.model;
  const known = catalog.findOffering(provider.catalogId, catalogModel);
  const priced = priceBook.prices.get(priceKey(provider.catalogId, catalogModel));
  const key = `${provider.key}/${model.model}`;
  return {
    key,
    sharedKey: key,
    provider,
    model: model.model,
    canonicalModel: known?.canonicalModel,
    aliases: aliases.get(priceKey(provider.catalogId, catalogModel)) ?? NO_ALIASES,
    priority: provider.priority,
    weight: provider.weight,
    balancingGroup: provider.key,
    capabilities: capabilitiesOf(model, known),
    residency: residencyOf(provider, known),
    tags: tagsOf(provider, known),
    known,
    traits: known?.traits,
    contextTokens: model.contextTokens ?? known?.contextTokens,
    maxOutputTokens: model.maxOutputTokens ?? known?.maxOutputTokens,
    prices: priced?.prices,
    tiers: priced?.tiers ?? [],
    unitPrices: priced?.unitPrices,
    rates: tokenRates({ prices: priced?.prices, tiers: priced?.tiers ?? [] }),
    pricedBy: 'book',
  };
}

/** Other names of what the catalog has, by `catalog provider/model`. */
type AliasesByTarget = ReadonlyMap<string, readonly string[]>;

const NO_ALIASES: readonly string[] = [];

const aliases = new WeakMap<Catalog, AliasesByTarget>();

/** Made once for each catalog, which does not change. */
function aliasesOf(catalog: Catalog): AliasesByTarget {
  let byTarget = aliases.get(catalog);
  if (byTarget === undefined) {
    byTarget = aliasesByTarget(catalog);
    aliases.set(catalog, byTarget);
  }
  return byTarget;
}

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
