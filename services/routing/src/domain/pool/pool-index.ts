import type { Pool } from '@switchyard/contracts/routing';
import type { SnapshotPool } from '../snapshot/snapshot-pool.ts';
import type { MemberOfferings } from './member-offerings.ts';
import { resolvePool } from './resolve-pool.ts';

/** Pools by the names that requests have for them. */
export interface PoolIndex {
  /** `tenant/id` → pool; tenant '' for the installation's. */
  readonly byName: ReadonlyMap<string, SnapshotPool>;
  /** `tenant/kind of task` → pool. */
  readonly byTaskType: ReadonlyMap<string, SnapshotPool>;
}

/** Resolves pools and indexes them. */
export function indexPools(pools: readonly Pool[], offerings: MemberOfferings): PoolIndex {
  const byName = new Map<string, SnapshotPool>();
  const byTaskType = new Map<string, SnapshotPool>();
  for (const pool of pools) {
    const resolved = resolvePool(pool, offerings);
    byName.set(`${pool.tenant}/${pool.id}`, resolved);
    for (const taskType of pool.taskTypes) byTaskType.set(`${pool.tenant}/${taskType}`, resolved);
  }
  return { byName, byTaskType };
}

/** The pool that a tenant means by a name: its own comes before the installation's. */
export const findPool = (
  { byName }: PoolIndex,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): SnapshotPool | undefined => byName.get(`${tenant}/${id}`) ?? byName.get(`/${id}`);

/** The pool that serves a kind of task for a tenant: its own comes before the installation's. */
export const findPoolOfTask = (
  { byTaskType }: PoolIndex,
  { tenant, taskType }: { readonly tenant: string; readonly taskType: string },
): SnapshotPool | undefined => byTaskType.get(`${tenant}/${taskType}`) ?? byTaskType.get(`/${taskType}`);

/** The pools that a tenant can name, by name: not those of the installation that its own ones hide. */
export function visiblePools({ byName }: PoolIndex, tenant: string): SnapshotPool[] {
  const visible = new Map<string, SnapshotPool>();
  for (const pool of byName.values())
    if (pool.tenant === tenant || (pool.tenant === '' && !byName.has(`${tenant}/${pool.id}`)))
      visible.set(pool.id, pool);
  return [...visible.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
