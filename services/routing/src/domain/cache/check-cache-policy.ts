import { type CacheOptions, type CachePolicy, CacheUse } from '@switchyard/contracts/routing';
import type { Check } from '../request/validate-requirements.ts';

/** 30 days. */
export const MAX_TTL_SECONDS = 2_592_000;

/** Checks what a pool, a policy or a request says of cached answers. */
export function checkCachePolicy({ use, ttlSeconds }: CachePolicy, check: Check): void {
  check(
    use === CacheUse.UNSPECIFIED || use === CacheUse.OFF || use === CacheUse.ON,
    'cache.use',
    'must be on or off',
  );
  check(
    ttlSeconds === undefined || (ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS),
    'cache.ttl_seconds',
    `must be from 1 to ${MAX_TTL_SECONDS}`,
  );
}

/** Checks what a request says of cached answers. */
export function checkCacheOptions(options: CacheOptions, check: Check): void {
  const { maxAgeSeconds } = options;
  checkCachePolicy(options, check);
  check(
    maxAgeSeconds === undefined || (maxAgeSeconds >= 0 && maxAgeSeconds <= MAX_TTL_SECONDS),
    'cache.max_age_seconds',
    `must be from 0 to ${MAX_TTL_SECONDS}`,
  );
}
