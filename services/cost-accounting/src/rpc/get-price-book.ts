import type { GetPriceBookRequest, GetPriceBookResponse } from '@switchyard/contracts/cost';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { PriceBookKeeper } from '../price-book-keeper.ts';
import { isShownTerm } from './list-price-terms.ts';
import { priceBookMessage } from './price-term-message.ts';

/** Gives the price book in force, or only its version to who has it already. What others have agreed on is for nobody else. */
export function getPriceBook(
  prices: PriceBookKeeper,
): UnaryHandler<GetPriceBookRequest, GetPriceBookResponse> {
  return async ({ knownVersion }, { principal }) => {
    const book = await prices.current();
    if (knownVersion === book.version) return { version: book.version, prices: [], terms: [] };
    return priceBookMessage({ ...book, terms: book.terms.filter((term) => isShownTerm(term, principal)) });
  };
}
