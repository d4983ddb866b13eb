import type { CreatePriceTermRequest, CreatePriceTermResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument, unreachable } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readPriceTerm } from '../domain/price/read-price-term.ts';
import { installationKeyNeeded, priceTermExists } from '../errors.ts';
import type { PriceTermStore } from '../ports.ts';
import type { PriceBookKeeper } from '../price-book-keeper.ts';
import { termMessage } from './price-term-message.ts';

/** What terms are made and ended with. */
export interface PriceTermContext {
  readonly terms: PriceTermStore;
  readonly prices: Pick<PriceBookKeeper, 'termsChanged'>;
  readonly clock: Clock;
}

/** Makes terms. */
export const createPriceTerm =
  ({
    terms,
    prices,
    clock,
  }: PriceTermContext): UnaryHandler<CreatePriceTermRequest, CreatePriceTermResponse> =>
  async ({ term: given }, { principal }) => {
    if (!principal.installation) throw installationKeyNeeded('setting prices');
    if (given === undefined) throw invalidArgument({ field: 'term', description: 'is required' });
    const nowMs = clock.wallMs();
    const read = readPriceTerm(given, nowMs);
    if (!read.ok) throw invalidArgument(...read.error);
    const created = await terms.create(read.value, nowMs);
    switch (created.kind) {
      case 'created':
        await prices.termsChanged();
        return { term: termMessage(read.value) };
      case 'exists':
        throw priceTermExists(given.id);
      case 'overlaps':
        throw invalidArgument({
          field: 'term.effective_from',
          description: `overlaps ${created.id}, which says something of the same prices; end that first, or begin after it`,
        });
      default:
        return unreachable(created);
    }
  };
