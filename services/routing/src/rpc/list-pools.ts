import type { ListPoolsRequest, ListPoolsResponse, Pool } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { pageOf, readPage } from './paging.ts';

/** PoolAdminService.ListPools */
export const listPools = (
  snapshots: SnapshotHolder,
): Rpc<UnaryHandler<ListPoolsRequest, ListPoolsResponse>> => ({
  permission: 'routing.pool.read',
  handle: async (request, { principal }) => {
    const acting = actingTenant(principal, request.tenant);
    const visible = snapshots.parts.pools
      .filter(({ tenant }) => tenant === '' || tenant === acting)
      .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    const page = readPage(request, { fallback: 100, max: 1_000 });
    const { page: pools, nextPageToken } = pageOf(visible, page, sortKey);
    return { pools, nextPageToken };
  },
});

const sortKey = ({ id, tenant }: Pool): string => `${id} ${tenant}`;
