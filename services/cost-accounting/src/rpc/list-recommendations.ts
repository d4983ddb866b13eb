import type { ListRecommendationsRequest, ListRecommendationsResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readPeriod } from '../domain/period.ts';
import { recommend } from '../domain/recommend/recommend.ts';
import type { LedgerQueries } from '../ports.ts';
import type { PriceBookKeeper } from '../price-book-keeper.ts';
import { scopeOf } from './tenant-scope.ts';

/** Models of providers that are looked at, the dearest first, and what is told. */
const MAX_GROUPS = 10_000;
const MAX_TOLD = 100;

/** What recommendations are made from. */
export interface RecommendContext {
  readonly queries: LedgerQueries;
  readonly prices: PriceBookKeeper;
  readonly clock: Clock;
}

/** Tells what the usage of a period could have cost less by. */
export function listRecommendations({
  queries,
  prices,
  clock,
}: RecommendContext): UnaryHandler<ListRecommendationsRequest, ListRecommendationsResponse> {
  return async (request, { principal }) => {
    const scope = scopeOf(request, { principal, what: 'recommendations for all tenants' });
    const period = readPeriod(request, clock.wallMs());
    if (!period.ok) throw invalidArgument(period.error);
    const { groups } = await queries.summarise(scope, {
      period: period.value,
      groupBy: ['provider', 'model', 'purpose', 'line'],
      filters: {},
      label: undefined,
      limit: MAX_GROUPS,
    });
    const uses = groups.map(({ key, ...sums }) => ({
      provider: key.provider ?? '',
      model: key.model ?? '',
      purpose: key.purpose ?? '',
      line: key.line ?? '',
      ...sums,
    }));
    const found = recommend(uses, (await prices.current()).prices).slice(0, MAX_TOLD);
    return { recommendations: found.map((one) => ({ ...one, evidence: { ...one.evidence } })) };
  };
}
