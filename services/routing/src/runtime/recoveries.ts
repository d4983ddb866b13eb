import type { HealthState } from '@switchyard/contracts/health';
import { healthTier, OUT_OF_SERVICE_TIER } from '../domain/decide/health-tier.ts';
import { SLOW_START_MS } from '../domain/strategies/effective-weight.ts';

/** When providers were out of service for the last time, as far as their slow start needs it. */
export class Recoveries {
  readonly #recoveredAtMs = new Map<string, number>();
  #outOfService: ReadonlySet<string> = new Set();

  /** Takes note of the health that holds from now on; by provider key. */
  observe(health: ReadonlyMap<string, HealthState>, nowMs: number): void {
    const out = new Set<string>();
    for (const [key, state] of health) if (healthTier(state) >= OUT_OF_SERVICE_TIER) out.add(key);
    for (const key of this.#outOfService) if (!out.has(key)) this.#recoveredAtMs.set(key, nowMs);
    for (const [key, atMs] of this.#recoveredAtMs)
      if (out.has(key) || !health.has(key) || nowMs - atMs >= SLOW_START_MS) this.#recoveredAtMs.delete(key);
    this.#outOfService = out;
  }

  /** Since a provider came back, in milliseconds; undefined where it was not away, or its slow start is over. */
  sinceMs(providerKey: string, nowMs: number): number | undefined {
    const atMs = this.#recoveredAtMs.get(providerKey);
    if (atMs === undefined || nowMs - atMs >= SLOW_START_MS) return undefined;
    return nowMs - atMs;
  }
}
