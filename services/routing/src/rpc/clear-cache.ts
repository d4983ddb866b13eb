import type { ClearCacheRequest, ClearCacheResponse } from '@switchyard/contracts/routing';
import { type FieldViolation, ServiceError } from '@switchyard/kernel';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import type { ClearScope } from '../domain/cache/clear-scope.ts';
import { cacheNotCleared, invalidFields } from '../errors.ts';
import type { PipelineContext } from '../ports.ts';

/** What clearing stands on. */
export type CacheAdmin = Pick<
  PipelineContext,
  'memory' | 'questions' | 'shared' | 'clears' | 'cacheStatistics' | 'log'
>;

/** CacheAdminService.ClearCache */
export const clearCache = (admin: CacheAdmin): Rpc<UnaryHandler<ClearCacheRequest, ClearCacheResponse>> => ({
  permission: 'routing.cache.write',
  handle: async ({ tenant, model, key }, { principal }) => {
    const violations = findViolations({ model, key });
    if (violations.length > 0) throw invalidFields(violations);
    const scope = { tenant: actingTenant(principal, tenant), model, key };
    const removedFromMemory = admin.memory.clear(scope);
    admin.questions.clear(scope);
    return { removedFromMemory, removedFromStore: await clearShared(admin, scope) };
  },
});

function findViolations({ model, key }: Pick<ClearScope, 'model' | 'key'>): FieldViolation[] {
  const found: FieldViolation[] = [];
  if (model.length > 256) found.push({ field: 'model', description: 'must have at most 256 characters' });
  if (key !== '' && !/^[0-9a-f]{64}$/.test(key))
    found.push({ field: 'key', description: 'must be 64 hexadecimal digits, as CacheInfo.key has them' });
  if (model !== '' && key !== '')
    found.push({ field: 'key', description: 'must be left out where model is set' });
  return found;
}

/** The others are told before, so that they put nothing old into the store any more, and after, since they may have read from it meanwhile. */
async function clearShared({ shared, clears, log }: CacheAdmin, scope: ClearScope): Promise<number> {
  try {
    await clears.tell(scope);
    const removed = (await shared?.clear(scope)) ?? 0;
    await clears.tell(scope);
    return removed;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    log.warn({ err: error }, 'cached answers could not be cleared everywhere');
    throw cacheNotCleared(error);
  }
}
