import { type CacheInfo, cacheResultName } from '@switchyard/contracts/routing';
import type { Clock } from '@switchyard/kernel';
import { LRUCache } from 'lru-cache';

/** What the cache has done for one tenant. */
export interface TenantStatistics {
  readonly sinceMs: number;
  /** By where answers came from. */
  readonly requests: Readonly<Record<string, bigint>>;
  readonly savedNanoUsd: bigint;
  /** Questions that were embedded, and what that cost as far as it is known. */
  readonly embeddedQuestions: bigint;
  readonly embeddingCostNanoUsd: bigint;
}

/** Tenants that are counted; whoever has asked longest ago leaves. */
const MAX_TENANTS = 10_000;

interface Counts {
  readonly sinceMs: number;
  readonly requests: Record<string, bigint>;
  savedNanoUsd: bigint;
  embeddedQuestions: bigint;
  embeddingCostNanoUsd: bigint;
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
    const counts = this.#countsOf(tenant);
    const name = cacheResultName(result) ?? 'unspecified';
    counts.requests[name] = (counts.requests[name] ?? 0n) + 1n;
    counts.savedNanoUsd += savedNanoUsd ?? 0n;
  }

  /** A question was embedded. */
  countEmbedded(tenant: string, costNanoUsd: bigint | undefined): void {
    const counts = this.#countsOf(tenant);
    counts.embeddedQuestions++;
    counts.embeddingCostNanoUsd += costNanoUsd ?? 0n;
  }

  of(tenant: string): TenantStatistics {
    return this.#tenants.get(tenant) ?? noneSince(this.#startedMs);
  }

  #countsOf(tenant: string): Counts {
    const counted = this.#tenants.get(tenant);
    if (counted !== undefined) return counted;
    const counts = noneSince(this.#clock.wallMs());
    this.#tenants.set(tenant, counts);
    return counts;
  }
}

const noneSince = (sinceMs: number): Counts => ({
  sinceMs,
  requests: {},
  savedNanoUsd: 0n,
  embeddedQuestions: 0n,
  embeddingCostNanoUsd: 0n,
});
