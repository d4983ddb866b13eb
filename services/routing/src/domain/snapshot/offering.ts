import type { ProbeKind, ProviderBatches, ProviderMode } from '@switchyard/contracts/routing';
import type {
  AuthStyle,
  Offering as CatalogOffering,
  ChargedUnitPrices,
  Dialect,
  ModelTraits,
  Prices,
  PriceTier,
  TieredPrices,
  WireFormat,
} from '@switchyard/llm';
import type { Quota } from '../limits/quota.ts';
import type { ProviderAddress } from '../provider/base-url.ts';
import type { CapabilitySet } from './capability.ts';
import type { Region } from './region.ts';
import type { TokenRates } from './token-rates.ts';

/** Time limits of one attempt, in milliseconds. */
export interface AttemptLimits {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
  readonly totalMs: number;
}

/** One of several ways to reach a provider. */
export interface EndpointShare {
  /** Unique in its provider. */
  readonly id: string;
  /** Its share among those endpoints of the provider that fit; 0 only where no other fits. */
  readonly weight: number;
}

/** A provider as decisions and attempts see it: as a whole, or as one of its endpoints reaches it. */
export interface ConfiguredProvider {
  /** `tenant/id`, or `/id` for the installation's: unique among providers, and shared by the endpoints of one. */
  readonly key: string;
  readonly id: string;
  /** '' for the installation's. */
  readonly tenant: string;
  readonly format: WireFormat;
  /** How it differs from its wire format; undefined: not at all. */
  readonly dialect: Dialect | undefined;
  /** The endpoint that this is; undefined for a provider as a whole. */
  readonly endpoint: EndpointShare | undefined;
  /** The same provider by each of its endpoints; empty where it has none of its own, and then it is called as it is. */
  readonly endpoints: readonly ConfiguredProvider[];
  readonly address: ProviderAddress;
  /** Sent with each call, where nothing else sets them: names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** How its key is shown to it. */
  readonly authStyle: AuthStyle;
  /** '' where it needs none. */
  readonly credentialRef: string;
  /** Provider in the price book. */
  readonly catalogId: string;
  /** Lower is preferred. */
  readonly priority: number;
  /** Share of requests, and capacity, where a strategy asks for it. */
  readonly weight: number;
  readonly region: Region;
  readonly tags: ReadonlySet<string>;
  readonly mode: ProviderMode;
  /** What probes of it do. */
  readonly probeKind: ProbeKind;
  /** Whether it takes batches of its own, as far as its operator says. */
  readonly batches: ProviderBatches;
  readonly simulated: boolean;
  readonly limits: AttemptLimits;
  /** What may be asked of it at most: of all its endpoints together, and of the endpoint that this is. */
  readonly quotas: readonly Quota[];
  /** Whether calls under way are bounded by how fast it answers. */
  readonly adaptiveConcurrency: boolean;
}

/** One model at one provider: what a decision chooses among. */
export interface Offering {
  /** `tenant/provider/model`, at an endpoint `tenant/provider/model#endpoint`: unique. */
  readonly key: string;
  /** `tenant/provider/model`: the same at every endpoint. */
  readonly sharedKey: string;
  readonly provider: ConfiguredProvider;
  /** Model id at the provider. */
  readonly model: string;
  /** Id shared by offerings of the same model; undefined where nothing is known. */
  readonly canonicalModel: string | undefined;
  /** Other names that the catalog, or the operator's overlay of it, gives it. */
  readonly aliases: readonly string[];
  /** Lower is preferred: the pool member's, else the provider's. */
  readonly priority: number;
  /** Share and capacity: the pool member's, else the provider's. */
  readonly weight: number;
  /** What shares are dealt to: the provider's key, or a pool's member. Under strategies that share work, each balancing group takes part once, with the offering that is best for the request. */
  readonly balancingGroup: string;
  readonly capabilities: CapabilitySet;
  /** Everywhere that a request may be processed; empty is unknown. See offering-statements.ts. */
  readonly residency: readonly Region[];
  /** The provider's tags, and what the operator's overlay states of compliance. */
  readonly tags: ReadonlySet<string>;
  /** What the catalog has of it; undefined where it does not know it. */
  readonly known: CatalogOffering | undefined;
  /** What it takes of the settings that its wire format knows; undefined where nothing is known. */
  readonly traits: ModelTraits | undefined;
  /** Tokens of input and output together; undefined where unknown. */
  readonly contextTokens: number | undefined;
  /** Most tokens of output; undefined where unknown. */
  readonly maxOutputTokens: number | undefined;
  /** Base prices; undefined where nothing is known. */
  readonly prices: Prices | undefined;
  /** Prices for requests with more input, smallest threshold first. */
  readonly tiers: readonly PriceTier[];
  /** Prices of units that are no text or audio tokens; undefined where none is known. */
  readonly unitPrices: ChargedUnitPrices | undefined;
  /** Base prices and tiers as numbers, for estimates. */
  readonly rates: readonly TokenRates[];
  /** Whether these prices are the price book's, or already those that terms make of them. */
  readonly pricedBy: 'book' | 'terms';
  /** What the price book has, where these prices are what terms make of it. */
  readonly listed?: TieredPrices | undefined;
}
