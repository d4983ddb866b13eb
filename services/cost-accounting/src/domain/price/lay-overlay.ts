import type { OfferingPrice } from '@switchyard/contracts/cost';

/** Refreshed prices below those that an operator states: what the overlaid catalog has of the operator's own comes first. */
export function layOverlay(
  refreshed: readonly OfferingPrice[],
  overlaid: readonly OfferingPrice[],
): OfferingPrice[] {
  const prices = new Map(refreshed.map((price) => [keyOf(price), price]));
  for (const price of overlaid)
    if (price.source === OPERATOR || !prices.has(keyOf(price))) prices.set(keyOf(price), price);
  return [...prices.values()];
}

/** What an overlay's prices say of their source. */
const OPERATOR = 'operator';

const keyOf = ({ provider, model }: OfferingPrice): string => `${provider}/${model}`;
