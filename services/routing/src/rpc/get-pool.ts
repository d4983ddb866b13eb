import type { GetPoolRequest, GetPoolResponse } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import { poolNotFound } from '../errors.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';

/** PoolAdminService.GetPool */
export const getPool = (snapshots: SnapshotHolder): Rpc<UnaryHandler<GetPoolRequest, GetPoolResponse>> => ({
  permission: 'routing.pool.read',
  handle: async ({ id, tenant }, { principal }) => {
    const acting = actingTenant(principal, tenant);
    const find = (owner: string) =>
      snapshots.parts.pools.find((pool) => pool.id === id && pool.tenant === owner);
    const pool = find(acting) ?? find('');
    if (pool === undefined) throw poolNotFound(id);
    return { pool };
  },
});
