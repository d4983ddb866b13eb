import { type CacheInfo, cacheResultName } from '@switchyard/contracts/routing';
import type { Clock } from '@switchyard/kernel';
import { LRUCache } from 'lru-cache';

/** What the cache has done for one tenant. */
export interface TenantStatistics {
  readonly sinceMs: number;
  /** By where answers came from. */
  readonly requests: Readonly<Record<string, bigint>>;
  readonly savedNanoUsd: bigint;
}

/** Tenants that are counted; whoever has asked longest ago leaves. */
const MAX_TENANTS = 10_000;

interface Counts {
  readonly sinceMs: number;
  readonly requests: Record<string, bigint>;
  savedNanoUsd: bigint;
}

/** Counts what the cache of this replica does, by tenant. */
export class CacheStatistics {
  readonly #tenants = new LRUCache<string, Counts>({ max: MAX_TENANTS });
  readonly #clock: Clock;
  readonly #startedMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.wallMs();
  }

  count(tenant: string, { result, savedNanoUsd }: Pick<CacheInfo, 'result' | 'savedNanoUsd'>): void {
    let counts = this.#tenants.get(tenant);
    if (counts === undefined) {
      counts = { sinceMs: this.#clock.wallMs(), requests: {}, savedNanoUsd: 0n };
      this.#tenants.set(tenant, counts);
    }
    const name = cacheResultName(result) ?? 'unspecified';
    counts.requests[name] = (counts.requests[name] ?? 0n) + 1n;
    counts.savedNanoUsd += savedNanoUsd ?? 0n;
  }

  of(tenant: string): TenantStatistics {
    return this.#tenants.get(tenant) ?? { sinceMs: this.#startedMs, requests: {}, savedNanoUsd: 0n };
  }
}
