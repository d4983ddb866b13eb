import type { HealthState } from '@switchyard/contracts/health';
import type { Offering } from '../domain/snapshot/offering.ts';
import { OfferingRuntime } from './offering-runtime.ts';
import { Recoveries } from './recoveries.ts';

/** The runtimes of all offerings that were called, by key. Offerings that leave the snapshot are forgotten. */
export class RuntimeRegistry {
  readonly #recoveries = new Recoveries();
  readonly #runtimes = new Map<string, { readonly offering: Offering; readonly runtime: OfferingRuntime }>();

  /** The runtime of an offering; made on first use. */
  of(offering: Offering): OfferingRuntime {
    const known = this.#runtimes.get(offering.key);
    if (known !== undefined) return known.runtime;
    const runtime = new OfferingRuntime();
    this.#runtimes.set(offering.key, { offering, runtime });
    return runtime;
  }

  /** The runtime of an offering, where it has been called. */
  peek(offering: Offering): OfferingRuntime | undefined {
    return this.#runtimes.get(offering.key)?.runtime;
  }

  /** Takes note of providers that leave a bad state. */
  healthChanged(health: ReadonlyMap<string, HealthState>, nowMs: number): void {
    this.#recoveries.observe(health, nowMs);
  }

  /** Since a provider left unhealthy or unavailable, in milliseconds; undefined where it was not, or its slow start is over. */
  recoveredMs(providerKey: string, nowMs: number): number | undefined {
    return this.#recoveries.sinceMs(providerKey, nowMs);
  }

  /** Keys of the offerings whose latency is known. */
  *measured(): Generator<string> {
    for (const [key, { runtime }] of this.#runtimes) if (runtime.latencyMs !== undefined) yield key;
  }

  /** All offerings that were called. */
  entries(): Iterable<{ readonly offering: Offering; readonly runtime: OfferingRuntime }> {
    return this.#runtimes.values();
  }

  /** The runtimes of all offerings that were called, by their provider's key. */
  byProvider(): ReadonlyMap<string, readonly OfferingRuntime[]> {
    const byProvider = new Map<string, OfferingRuntime[]>();
    for (const { offering, runtime } of this.#runtimes.values()) {
      const { key } = offering.provider;
      const known = byProvider.get(key);
      if (known === undefined) byProvider.set(key, [runtime]);
      else known.push(runtime);
    }
    return byProvider;
  }

  /** Forgets offerings that are not there any more. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const [key, { runtime }] of this.#runtimes)
      if (!keys.has(key) && runtime.active === 0) this.#runtimes.delete(key);
  }
}
