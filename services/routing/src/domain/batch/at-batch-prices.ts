import { ProviderBatches } from '@switchyard/contracts/routing';
import type { OperationKind } from '@switchyard/llm';
import type { ConfiguredProvider, Offering } from '../snapshot/offering.ts';
import { tokenRates } from '../snapshot/token-rates.ts';

/** Catalog providers that are known to take batches as their wire formats have them. Others say so in their configuration. */
const KNOWN: ReadonlySet<string> = new Set(['openai', 'anthropic']);
/** Work that is charged by tokens: batch prices of other units are not known. */
const KINDS: ReadonlySet<OperationKind> = new Set<OperationKind>(['chat', 'embed']);

/** An offering at its provider's batch prices, or why there are none. */
export type AtBatchPrices =
  | { readonly kind: 'priced'; readonly offering: Offering }
  | { readonly kind: 'none'; readonly why: string };

/**
 * What a request of a batch is charged where its line is in a provider's batch. A component that has no batch price of its own, such as
 * cached input, is charged as ever: never less than what the provider takes.
 */
export function atBatchPrices(
  offering: Offering,
  kind: OperationKind,
  reprice: (offering: Offering) => Offering,
): AtBatchPrices {
  const { provider, known, prices } = offering;
  if (!KINDS.has(kind)) return none('its kind of work has no batch prices');
  if (!takesBatches(provider)) return none(`${provider.id} takes no batches`);
  const listed = known?.serviceTiers.batch;
  if (listed?.prices.input === undefined || (kind === 'chat' && listed.prices.output === undefined))
    return none(`no batch price of ${provider.id}/${offering.model} is known`);
  const batch = {
    prices: { ...prices, ...listed.prices },
    tiers: listed.tiers.map((tier) => ({ ...tier, prices: { ...prices, ...tier.prices } })),
  };
  const priced: Offering = { ...offering, ...batch, rates: tokenRates(batch), pricedBy: 'book' };
  return { kind: 'priced', offering: reprice(priced) };
}

function takesBatches({ batches, format, catalogId }: ConfiguredProvider): boolean {
  if (format.batches === undefined || batches === ProviderBatches.OFF) return false;
  return batches === ProviderBatches.ON || KNOWN.has(catalogId);
}

const none = (why: string): AtBatchPrices => ({ kind: 'none', why });
