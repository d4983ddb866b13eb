import type { GetCacheStatisticsRequest, GetCacheStatisticsResponse } from '@switchyard/contracts/routing';
import { actingTenant, type Rpc, type UnaryHandler } from '@switchyard/service-kit';
import type { CacheAdmin } from './clear-cache.ts';

/** CacheAdminService.GetCacheStatistics */
export const getCacheStatistics = ({
  memory,
  shared,
  cacheStatistics,
}: CacheAdmin): Rpc<UnaryHandler<GetCacheStatisticsRequest, GetCacheStatisticsResponse>> => ({
  permission: 'routing.cache.read',
  handle: async ({ tenant }, { principal }) => {
    const acting = actingTenant(principal, tenant);
    const { sinceMs, requests, ...sums } = cacheStatistics.of(acting);
    return {
      since: new Date(sinceMs),
      requests: { ...requests },
      ...sums,
      memoryEntries: memory.entries,
      memoryBytes: BigInt(memory.bytes),
      // Away: how many there are is not known.
      storeEntries: await shared?.countOf(acting).catch(() => undefined),
    };
  },
});
