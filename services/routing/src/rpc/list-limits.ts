import type {
  EntranceUse,
  LimitUse,
  ListLimitsRequest,
  ListLimitsResponse,
} from '@switchyard/contracts/routing';
import { PRIORITIES } from '@switchyard/resilience';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import { reachesOf } from '../domain/snapshot/at-endpoints.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { Entrance } from '../pipeline/entrance.ts';
import type { PipelineContext } from '../ports.ts';
import type { SharedQuota } from '../runtime/limits/shared-quota.ts';
import { pageOf, readPage } from './paging.ts';

/** LimitAdminService.ListLimits */
export const listLimits = (
  context: PipelineContext,
  entrance: Entrance,
): Rpc<UnaryHandler<ListLimitsRequest, ListLimitsResponse>> => ({
  permission: 'routing.provider.read',
  handle: async (request, { principal }) => {
    const page = readPage(request, { fallback: 1_000, max: 1_000 });
    const acting = actingTenant(principal, request.tenant ?? '');
    const rows = [...configuredRows(context), ...toldRows(context)]
      .filter(({ providerTenant: tenant }) => tenant === '' || tenant === acting)
      .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    const { page: shown, nextPageToken } = pageOf(rows, page, sortKey);
    const limits = await Promise.all(shown.map(useOf));
    return { limits, nextPageToken, entrance: entranceUse(entrance) };
  },
});

/** A limit; of one that is configured, its use is asked for. */
type Row = Omit<LimitUse, 'value' | 'capacity' | 'left' | 'shared'> &
  ({ readonly quota: SharedQuota } | { readonly told: Pick<LimitUse, 'value' | 'capacity' | 'left'> });

const sortKey = ({ provider, providerTenant, endpoint, model, limit }: Row): string =>
  [provider, providerTenant, endpoint, model, limit].join(' ');

function configuredRows({ snapshots, quotas }: PipelineContext): Row[] {
  const rows = new Map<SharedQuota, Row>();
  // Those of the provider are its endpoints', too: the first that has a limit is whose it is.
  for (const provider of snapshots.current.providers)
    for (const reach of [provider, ...reachesOf(provider)])
      for (const quota of quotas.of(reach))
        if (!rows.has(quota))
          rows.set(quota, { ...ownerOf(reach), model: '', limit: quota.quota.measure, quota });
  return [...rows.values()];
}

function toldRows({ runtimes, clock }: PipelineContext): Row[] {
  const nowMs = clock.monotonicMs();
  return [...runtimes.entries()].flatMap(({ offering: { provider, model }, runtime }) =>
    runtime.told.at(nowMs).map(({ counts, left, limit }): Row => {
      const value = limit === undefined ? undefined : BigInt(Math.round(limit));
      return {
        ...ownerOf(provider),
        model,
        limit: `provider_${counts}`,
        told: { value, capacity: value, left },
      };
    }),
  );
}

const ownerOf = ({ id, tenant, endpoint }: ConfiguredProvider) => ({
  provider: id,
  providerTenant: tenant,
  endpoint: endpoint?.id ?? '',
});

async function useOf(row: Row): Promise<LimitUse> {
  if ('told' in row) {
    const { told, ...owner } = row;
    return { ...owner, ...told, shared: false };
  }
  const { quota: shared, ...owner } = row;
  const { used, isShared } = await shared.use();
  const { limit, capacity } = shared.quota;
  return {
    ...owner,
    value: BigInt(limit),
    capacity: BigInt(capacity),
    left: capacity - used,
    shared: isShared,
  };
}

const entranceUse = (entrance: Entrance): EntranceUse => ({
  active: entrance.active,
  mostActive: entrance.mostActive,
  queued: Object.fromEntries(PRIORITIES.map((priority) => [priority, entrance.queued(priority)])),
  mostQueued: entrance.mostQueued,
});
