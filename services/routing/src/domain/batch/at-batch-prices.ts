import { ProviderBatches } from '@switchyard/contracts/routing';
import type { OperationKind } from '@switchyard/llm';
import type { Needs } from '../request/needs.ts';
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
  const { provider, known } = offering;
  // Terms are applied once, to what is listed.
  const { prices } = offering.listed ?? offering;
  if (!KINDS.has(kind)) return none('its kind of work has no batch prices');
  if (!takesBatches(provider)) return none(`${provider.id} takes no batches`);
  const atBatch = known?.serviceTiers.batch;
  if (atBatch?.prices.input === undefined || (kind === 'chat' && atBatch.prices.output === undefined))
    return none(`no batch price of ${provider.id}/${offering.model} is known`);
  const batch = {
    prices: { ...prices, ...atBatch.prices },
    tiers: atBatch.tiers.map((tier) => ({ ...tier, prices: { ...prices, ...tier.prices } })),
  };
  const priced: Offering = {
    ...{ ...offering, ...batch, rates: tokenRates(batch) },
    ...{ pricedBy: 'book', listed: undefined },
  };
  return { kind: 'priced', offering: reprice(priced) };
}

/**
 * Whether what a request asks of who answers it may not hold of a batch: providers keep the files of batches for days, and what they promise
 * of their calls, such as that nothing is retained, need not be said of those. Who turns batches on says that it is.
 */
export const mayKeepTooMuch = ({ tags }: Pick<Needs, 'tags'>, { batches }: ConfiguredProvider): boolean =>
  tags.length > 0 && batches !== ProviderBatches.ON;

function takesBatches({ batches, format, catalogId }: ConfiguredProvider): boolean {
  if (format.batches === undefined || batches === ProviderBatches.OFF) return false;
  return batches === ProviderBatches.ON || KNOWN.has(catalogId);
}

const none = (why: string): AtBatchPrices => ({ kind: 'none', why });
