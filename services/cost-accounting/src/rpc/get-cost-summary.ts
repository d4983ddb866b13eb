import type { GetCostSummaryRequest, GetCostSummaryResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readSummaryQuery } from '../domain/summary/summary-query.ts';
import type { LedgerQueries } from '../ports.ts';
import { scopeOf } from './tenant-scope.ts';

/** Sums up what was spent. */
export function getCostSummary(
  queries: LedgerQueries,
  clock: Clock,
): UnaryHandler<GetCostSummaryRequest, GetCostSummaryResponse> {
  return async (request, { principal }) => {
    const scope = scopeOf(request, { principal, what: 'the summary of all tenants' });
    const query = readSummaryQuery(request, clock.wallMs());
    if (!query.ok) throw invalidArgument(query.error);
    const { total, groups, truncated } = await queries.summarise(scope, query.value);
    const { fromMs, toMs } = query.value.period;
    return {
      startTime: new Date(fromMs),
      endTime: new Date(toMs),
      total,
      groups: [...groups],
      truncated,
    };
  };
}
