import type { Pool } from '@switchyard/contracts/routing';

/**
 * The pools that name a provider among their members. A tenant's provider can be named by the tenant's pools alone, one of the
 * installation by everybody's.
 */
export function poolsNaming(
  pools: readonly Pool[],
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Pool[] {
  return pools.filter(
    (pool) =>
      (tenant === '' || pool.tenant === tenant) && pool.members.some(({ provider }) => provider === id),
  );
}
