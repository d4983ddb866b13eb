import type { CreatePoolRequest, CreatePoolResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { poolNotFound } from '../errors.ts';
import { checkPool } from './check-pool.ts';
import type { PoolAdmin } from './pool-admin.ts';
import { writableTenant } from './writable-tenant.ts';

/** PoolAdminService.CreatePool */
export const createPool = (admin: PoolAdmin): Rpc<UnaryHandler<CreatePoolRequest, CreatePoolResponse>> => ({
  permission: 'routing.pool.write',
  handle: async ({ pool }, { principal }) => {
    if (pool === undefined) throw invalidArgument({ field: 'pool', description: 'is required' });
    const { id, tenant } = pool;
    writableTenant(principal, { what: 'pool', tenant, notFound: poolNotFound(id) });
    const brought = { pool, actor: principal.keyId };
    const created = await admin.pools.create(brought, (wanted, rows) => checkPool(wanted, rows, admin));
    await admin.link.changed();
    return { pool: created };
  },
});
