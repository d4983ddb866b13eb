import type { ListPriceTermsRequest, ListPriceTermsResponse } from '@switchyard/contracts/cost';
import type { Clock } from '@switchyard/kernel';
import type { Principal, UnaryHandler } from '@switchyard/service-kit';
import type { StatedTerm } from '../domain/price/stated-term.ts';
import type { PriceTermStore } from '../ports.ts';
import { termMessage } from './price-term-message.ts';

/** Lists terms that hold or are yet to, as far as a caller may see them. */
export const listPriceTerms =
  (terms: PriceTermStore, clock: Clock): UnaryHandler<ListPriceTermsRequest, ListPriceTermsResponse> =>
  async (_, { principal }) => ({
    terms: (await terms.list(clock.wallMs())).filter((term) => isShownTerm(term, principal)).map(termMessage),
  });

/** Whether a caller may see terms: a tenant's key its own, and those for all. */
export const isShownTerm = ({ tenant }: StatedTerm, principal: Principal): boolean =>
  principal.installation || tenant === '' || tenant === principal.tenant;
