import type { HealthState } from '@switchyard/contracts/health';
import {
  CompleteRequest,
  ProbeKind,
  ProviderEndpoint,
  ProviderMode,
  Strategy,
} from '@switchyard/contracts/routing';
import {
  type ChargedUnitPrices,
  chatOf,
  findWireFormat,
  type Prices,
  type PriceTier,
  type WireFormat,
} from '@switchyard/llm';
import type { OfferingState } from '../../src/domain/decide/candidate.ts';
import { type ProviderAddress, readAddress } from '../../src/domain/provider/base-url.ts';
import type { Needs } from '../../src/domain/request/needs.ts';
import { capabilitySet } from '../../src/domain/snapshot/capability.ts';
import type { Offering } from '../../src/domain/snapshot/offering.ts';
import { endpointsOf } from '../../src/domain/snapshot/provider-endpoints.ts';
import type { Region } from '../../src/domain/snapshot/region.ts';
import type { Snapshot } from '../../src/domain/snapshot/snapshot.ts';
import { tokenRates } from '../../src/domain/snapshot/token-rates.ts';

/** What a test says of an offering; the rest is ordinary. */
export interface OfferingTraits {
  readonly provider: string;
  readonly model?: string;
  readonly tenant?: string;
  readonly capabilities?: readonly string[];
  readonly priority?: number;
  readonly weight?: number;
  readonly region?: Region;
  /** Default: the region, where there is one. */
  readonly residency?: readonly Region[];
  readonly tags?: readonly string[];
  readonly mode?: ProviderMode;
  readonly probeKind?: ProbeKind;
  readonly prices?: Prices | undefined;
  readonly tiers?: readonly PriceTier[];
  readonly unitPrices?: ChargedUnitPrices;
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly endpoints?: readonly Parameters<typeof ProviderEndpoint.fromPartial>[0][];
}

/** An offering of the model `m` that can do everything text models can, at 1 USD in and 2 USD out per million tokens. */
export function offering(traits: OfferingTraits): Offering {
  const { provider: id, model = 'm', tenant = '', tiers = [] } = traits;
  const endpoints = (traits.endpoints ?? []).map((endpoint) => ProviderEndpoint.fromPartial(endpoint));
  const prices = 'prices' in traits ? traits.prices : { input: 1_000_000_000n, output: 2_000_000_000n };
  const made: Offering = {
    key: `${tenant}/${id}/${model}`,
    sharedKey: `${tenant}/${id}/${model}`,
    model,
    canonicalModel: undefined,
    aliases: [],
    provider: {
      key: `${tenant}/${id}`,
      id,
      tenant,
      format: findWireFormat('openai-chat') as WireFormat,
      dialect: undefined,
      endpoint: undefined,
      endpoints: [],
      address: addressOf('https://example.com/v1'),
      headers: {},
      authStyle: 'bearer',
      credentialRef: '',
      catalogId: id,
      weight: traits.weight ?? 100,
      priority: traits.priority ?? 100,
      region: traits.region ?? 'global',
      tags: new Set(traits.tags),
      mode: traits.mode ?? ProviderMode.ENABLED,
      batches: 0,
      probeKind: traits.probeKind ?? ProbeKind.UNSPECIFIED,
      simulated: true,
      limits: { connectMs: 1_000, firstTokenMs: 1_000, betweenTokensMs: 1_000, totalMs: 10_000 },
      quotas: [],
      adaptiveConcurrency: false,
    },
    priority: traits.priority ?? 100,
    weight: traits.weight ?? 100,
    balancingGroup: `${tenant}/${id}`,
    traits: undefined,
    known: undefined,
    residency: traits.residency ?? [traits.region ?? 'global'].filter((place) => place !== 'global'),
    tags: new Set(traits.tags),
    capabilities: capabilitySet(traits.capabilities ?? ['text', 'streaming', 'tools']),
    contextTokens: 'contextTokens' in traits ? traits.contextTokens : 100_000,
    maxOutputTokens: 'maxOutputTokens' in traits ? traits.maxOutputTokens : 4_000,
    prices,
    tiers,
    unitPrices: traits.unitPrices,
    rates: tokenRates({ prices, tiers }),
    pricedBy: 'book',
  };
  return { ...made, provider: { ...made.provider, endpoints: endpointsOf(made.provider, endpoints) } };
}

/** Where a base URL leads, which must be one. */
export const addressOf = (baseUrl: string): ProviderAddress => readAddress(baseUrl) as ProviderAddress;

/** A snapshot of some offerings; health by provider id. */
export function snapshotOf(
  offerings: readonly Offering[],
  health: Readonly<Record<string, HealthState>> = {},
): Snapshot {
  return {
    version: '1',
    priceVersion: '1',
    terms: undefined,
    providers: offerings.map(({ provider }) => provider),
    offerings,
    byModel: Map.groupBy(offerings, ({ model }) => model),
    byProvider: Map.groupBy(offerings, ({ provider }) => provider.id),
    pools: { byName: new Map(), byTaskType: new Map() },
    policies: new Map(),
    experiments: new Map(),
    health: new Map(Object.entries(health).map(([id, state]) => [`/${id}`, state])),
  };
}

/** Needs of a small request for the model `m`. */
export function needs(change: Partial<Needs> = {}): Needs {
  return {
    operation: chatOf(CompleteRequest.fromPartial({ model: 'm' })),
    stream: false,
    tenant: 't',
    selector: { kind: 'model', model: 'm' },
    capabilities: capabilitySet(['text']),
    maxCostNanoUsd: undefined,
    maxPricePerMillionNanoUsd: undefined,
    maxLatencyMs: undefined,
    residency: new Set(),
    preferredProviders: [],
    excludedProviders: new Set(),
    allowedProviders: new Set(),
    tags: [],
    estimatedInputTokens: 1_000,
    inputTokenBound: 4_000,
    estimatedContextTokens: change.estimatedInputTokens ?? 1_000,
    contexts: 1,
    unboundedFields: [],
    maxOutputTokens: undefined,
    strategy: Strategy.PRIORITY,
    compositeWeights: undefined,
    layers: [],
    isProbe: false,
    ...change,
  };
}

/** An offering that works. */
export const working = (): OfferingState => ({
  breaker: 'closed',
  active: 0,
  breakerAdmits: true,
  cooling: undefined,
  limited: undefined,
  latencyMs: 100,
  successRate: undefined,
  idleMs: undefined,
  recoveredMs: undefined,
  credential: 'ready',
});
