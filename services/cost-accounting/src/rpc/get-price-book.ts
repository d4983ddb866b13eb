import type { GetPriceBookRequest, GetPriceBookResponse } from '@switchyard/contracts/cost';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { PriceBookKeeper } from '../price-book-keeper.ts';

/** Gives the price book in force, or only its version to who has it already. */
export function getPriceBook(
  prices: PriceBookKeeper,
): UnaryHandler<GetPriceBookRequest, GetPriceBookResponse> {
  return async ({ knownVersion }) => {
    const book = await prices.current();
    return { version: book.version, prices: knownVersion === book.version ? [] : [...book.prices] };
  };
}
