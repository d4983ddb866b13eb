import type { Prices } from '../rating/prices.ts';

/** Prices that may depend on how much input a request has. */
export interface TieredPrices {
  /** Base prices. */
  readonly prices: Prices;
  /** Prices for requests with more input, smallest threshold first. Empty where the price does not depend on the input. */
  readonly tiers: readonly PriceTier[];
}

/** Prices of requests with much input. */
export interface PriceTier {
  /** They hold for requests with more input tokens than this. */
  readonly aboveInputTokens: number;
  readonly prices: Prices;
}

/** Service tiers with prices of their own. */
export const SERVICE_TIERS = ['batch', 'flex', 'priority'] as const;

/** One of them. */
export type ServiceTier = (typeof SERVICE_TIERS)[number];

/** Prices by service tier; absent means unknown, or that there is no such tier. */
export type ServiceTierPrices = Readonly<Partial<Record<ServiceTier, TieredPrices>>>;

/** Units that are not text or audio tokens, in the order of the snapshot: append only. */
export const UNIT_KINDS = [
  /** An image in the input. */
  'inputImage',
  /** A generated image, at the default size and quality. */
  'outputImage',
  'inputImageToken',
  'outputImageToken',
  'inputAudioSecond',
  'outputAudioSecond',
  'inputVideoSecond',
  'outputVideoSecond',
  'inputCharacter',
  'outputCharacter',
  'inputPixel',
  'outputPixel',
  /** A page that is read. */
  'page',
  /** A search or rerank query. */
  'query',
] as const;

/** One of them. */
export type UnitKind = (typeof UNIT_KINDS)[number];

/** Prices of such units, in nano-USD per million units; absent means unknown. */
export type UnitPrices = Readonly<Partial<Record<UnitKind, bigint>>>;

/** Prices where a request is processed in one region. */
export interface RegionalPrices {
  /** As the provider calls it. */
  readonly region: string;
  readonly prices: Prices;
}

/** Sources of the catalog, in the order of the snapshot: append only. */
export const SOURCES = ['models.dev', 'litellm', 'portkey', 'genai-prices', 'pi-ai', 'correction'] as const;

/** One of them. */
export type SourceId = (typeof SOURCES)[number];

/** What one source says of an offering's base prices. */
export interface PriceVote {
  readonly source: SourceId;
  readonly prices: Prices;
}
