import type { HealthState } from '@switchyard/contracts/health';
import { ObservationRecorder } from '@switchyard/resilience';
import { reachesOf } from '../domain/snapshot/at-endpoints.ts';
import type { ConfiguredProvider, Offering } from '../domain/snapshot/offering.ts';
import { offeringsByKey } from '../domain/snapshot/offerings-by-tenant.ts';
import { OfferingRuntime } from './offering-runtime.ts';
import { Recoveries } from './recoveries.ts';

function isOffered({ sharedKey, provider }: Offering, offered: ReadonlyMap<string, Offering>): boolean {
  const now = offered.get(sharedKey);
  return (
    now !== undefined &&
    reachesOf(now.provider).some(({ endpoint }) => endpoint?.id === provider.endpoint?.id)
  );
}

/** A provider that is probed without a model. */
export interface ProbedProvider extends Pick<ConfiguredProvider, 'id' | 'tenant'> {
  readonly recorder: ObservationRecorder;
}

/** The runtimes of all offerings that were called, by key. Offerings that leave the snapshot are forgotten. */
export class RuntimeRegistry {
  readonly #recoveries = new Recoveries();
  /** By provider key. */
  readonly #probed = new Map<string, ProbedProvider>();
  readonly #runtimes = new Map<string, { readonly offering: Offering; readonly runtime: OfferingRuntime }>();

  /** The runtime of an offering; made on first use. */
  of(offering: Offering): OfferingRuntime {
    const known = this.#runtimes.get(offering.key);
    if (known !== undefined) return known.runtime;
    const runtime = new OfferingRuntime();
    this.#runtimes.set(offering.key, { offering, runtime });
    return runtime;
  }

  /** Counts the probes of a provider that ask no model. */
  probesOf({ key, id, tenant }: Pick<ConfiguredProvider, 'key' | 'id' | 'tenant'>): ObservationRecorder {
    const known = this.#probed.get(key);
    if (known !== undefined) return known.recorder;
    const recorder = new ObservationRecorder();
    this.#probed.set(key, { id, tenant, recorder });
    return recorder;
  }

  /** All providers that were probed so. */
  probed(): Iterable<ProbedProvider> {
    return this.#probed.values();
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

  /** Keys of the offerings whose latency is known, by one endpoint at least. */
  measured(): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const { offering, runtime } of this.#runtimes.values())
      if (runtime.latencyMs !== undefined) keys.add(offering.sharedKey);
    return keys;
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

  /** Forgets what is not offered any more, or not by this endpoint. */
  keepOnly(offerings: readonly Offering[]): void {
    const offered = offeringsByKey(offerings);
    const providers = new Set(offerings.map(({ provider }) => provider.key));
    for (const key of this.#probed.keys()) if (!providers.has(key)) this.#probed.delete(key);
    for (const [key, { offering, runtime }] of this.#runtimes)
      if (runtime.active === 0 && !isOffered(offering, offered)) this.#runtimes.delete(key);
  }
}
