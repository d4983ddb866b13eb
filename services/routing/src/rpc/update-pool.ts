import type { Pool, UpdatePoolRequest, UpdatePoolResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { poolNotFound } from '../errors.ts';
import { checkPool } from './check-pool.ts';
import type { PoolAdmin } from './pool-admin.ts';
import { readMask, type WritableFields, withFields } from './read-mask.ts';
import { writableTenant } from './writable-tenant.ts';

const WRITABLE = {
  description: 'description',
  members: 'members',
  strategy: 'strategy',
  composite_weights: 'compositeWeights',
  requirements: 'requirements',
  task_types: 'taskTypes',
  cache: 'cache',
  hedge: 'hedge',
  baseline: 'baseline',
} as const satisfies WritableFields<Pool>;

/** PoolAdminService.UpdatePool */
export const updatePool = (admin: PoolAdmin): Rpc<UnaryHandler<UpdatePoolRequest, UpdatePoolResponse>> => ({
  permission: 'routing.pool.write',
  handle: async ({ pool, updateMask }, { principal }) => {
    if (pool === undefined) throw invalidArgument({ field: 'pool', description: 'is required' });
    const { id, etag } = pool;
    const tenant = writableTenant(principal, {
      what: 'pool',
      tenant: pool.tenant,
      notFound: poolNotFound(id),
    });
    const fields = readMask<Pool>(updateMask, WRITABLE);
    const address = { tenant, id, etag, actor: principal.keyId, fields: updateMask ?? [] };
    const updated = await admin.pools.update(address, (current, rows) => {
      const changed = withFields(current, pool, fields);
      checkPool(changed, rows, admin);
      return changed;
    });
    await admin.link.changed();
    return { pool: updated };
  },
});
