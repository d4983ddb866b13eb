import type { DeletePoolRequest, DeletePoolResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { poolNotFound } from '../errors.ts';
import type { PoolAdmin } from './pool-admin.ts';
import { writableTenant } from './writable-tenant.ts';

/** PoolAdminService.DeletePool */
export const deletePool = ({
  pools,
  link,
}: PoolAdmin): Rpc<UnaryHandler<DeletePoolRequest, DeletePoolResponse>> => ({
  permission: 'routing.pool.write',
  handle: async ({ id, tenant, etag }, { principal }) => {
    const owner = writableTenant(principal, { what: 'pool', tenant, notFound: poolNotFound(id) });
    await pools.delete({ tenant: owner, id, etag, actor: principal.keyId });
    await link.changed();
    return {};
  },
});
