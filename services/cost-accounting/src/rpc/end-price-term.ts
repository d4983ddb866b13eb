import type { EndPriceTermRequest, EndPriceTermResponse } from '@switchyard/contracts/cost';
import type { UnaryHandler } from '@switchyard/service-kit';
import { installationKeyNeeded, priceTermNotFound } from '../errors.ts';
import type { PriceTermContext } from './create-price-term.ts';

/** Ends terms that hold, and those that are yet to. */
export const endPriceTerm =
  ({ terms, prices, clock }: PriceTermContext): UnaryHandler<EndPriceTermRequest, EndPriceTermResponse> =>
  async ({ id }, { principal }) => {
    if (!principal.installation) throw installationKeyNeeded('setting prices');
    if (!(await terms.end(id, clock.wallMs()))) throw priceTermNotFound(id);
    await prices.termsChanged();
    return {};
  };
