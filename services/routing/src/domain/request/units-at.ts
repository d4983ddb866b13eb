import type { UnitSize } from '../operation/operation-rules.ts';
import type { Offering } from '../snapshot/offering.ts';
import type { Needs } from './needs.ts';

/** What a request is charged by at an offering in place of tokens, and its price. */
export interface PricedUnits extends UnitSize {
  /** Nano-USD per million. */
  readonly price: bigint;
}

/** The first of a request's units that an offering has a price of; undefined where it has none: tokens are what counts. */
export function unitsAt(
  { units }: Pick<Needs, 'units'>,
  { unitPrices }: Pick<Offering, 'unitPrices'>,
): PricedUnits | undefined {
  if (units === undefined || unitPrices === undefined) return undefined;
  for (const size of units) {
    const price = unitPrices[size.unit];
    if (price !== undefined) return { ...size, price };
  }
  return undefined;
}
