import { CacheResult } from './gen/switchyard/routing/v1/cache.ts';

const NAMES: ReadonlyMap<CacheResult, string> = new Map(
  Object.entries(CacheResult)
    .filter(([, value]) => value > CacheResult.UNSPECIFIED)
    .map(([name, value]) => [value, name.toLowerCase().replaceAll('_', '-')]),
);

/** As users read it: "miss", "hit-l1", "hit-l2", "joined"; undefined where the cache had nothing to do with it. */
export const cacheResultName = (result: CacheResult): string | undefined => NAMES.get(result);
