import type { GetCostSummaryRequest, GetCostSummaryResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import { actingTenant, type Principal, type UnaryHandler } from '@switchyard/service-kit';
import { readSummaryQuery } from '../domain/summary/summary-query.ts';
import { installationKeyNeeded } from '../errors.ts';
import type { LedgerQueries, TenantScope } from '../ports.ts';

/** Sums up what was spent. */
export function getCostSummary(
  queries: LedgerQueries,
  clock: Clock,
): UnaryHandler<GetCostSummaryRequest, GetCostSummaryResponse> {
  return async (request, { principal }) => {
    const scope = scopeOf(request, principal);
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

function scopeOf({ tenant, allTenants }: GetCostSummaryRequest, principal: Principal): TenantScope {
  if (!allTenants) return { kind: 'tenant', tenant: actingTenant(principal, tenant) };
  if (!principal.installation) throw installationKeyNeeded('the summary of all tenants');
  if (tenant !== '')
    throw invalidArgument({ field: 'tenant', description: 'must be empty with all_tenants' });
  return { kind: 'all' };
}
