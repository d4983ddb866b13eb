import type { ProviderKind } from '../../src/catalog/catalog-provider.ts';
import type { SourceId } from '../../src/catalog/offering-prices.ts';

/** Who says best what a model is, and what it can do. */
export const FACT_RANK: readonly SourceId[] = ['models.dev', 'pi-ai', 'litellm', 'portkey', 'genai-prices'];

/** Who says best what is charged at other service tiers, by region, and for units that are not tokens. */
export const EXTRA_PRICE_RANK: readonly SourceId[] = ['portkey', 'litellm', 'models.dev', 'genai-prices'];

/** LiteLLM follows the price lists of the clouds, region by region. */
const CLOUD: readonly SourceId[] = ['litellm', 'portkey', 'models.dev', 'pi-ai', 'genai-prices'];
/** pi-ai is the newest for those who serve their own models. */
const FIRST_PARTY: readonly SourceId[] = ['pi-ai', 'models.dev', 'genai-prices', 'portkey', 'litellm'];
const OTHERS: readonly SourceId[] = ['models.dev', 'pi-ai', 'genai-prices', 'portkey', 'litellm'];

/** Whose word counts first for the token prices of a provider. */
export function priceRank(kind: ProviderKind): readonly SourceId[] {
  switch (kind) {
    case 'cloud':
      return CLOUD;
    case 'first-party':
      return FIRST_PARTY;
    case 'inference-host':
    case 'aggregator':
    case 'subscription-plan':
    case 'local':
    case 'gateway':
    case 'simulated':
    case 'unreviewed':
      return OTHERS;
    default:
      return kind satisfies never;
  }
}

/** Things of a source each, the best source first. */
export function ranked<Item extends { readonly source: SourceId }>(
  items: readonly Item[],
  rank: readonly SourceId[],
): Item[] {
  return [...items].sort((a, b) => rank.indexOf(a.source) - rank.indexOf(b.source));
}
