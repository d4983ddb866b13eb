import type { Clock } from '@switchyard/kernel';
import { type Logger, Loop } from '@switchyard/service-kit';
import { type ProviderName, providerKey } from '../domain/provider-key.ts';
import type { WatchedProvider } from '../domain/watched-provider.ts';
import type { Routing } from '../ports.ts';

export interface ProviderRegistryOptions {
  readonly routing: Routing;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 2_000;
/**
 * A provider must be missing for so long before it counts as gone: a routing replica that has just started may know none,
 * and a list's pages may come from different replicas.
 */
const GONE_AFTER_MS = 30_000;

/** Which providers exist, as routing lists them. While routing is away, the last list holds. */
export class ProviderRegistry {
  readonly #options: ProviderRegistryOptions;
  readonly #loop: Loop;
  readonly #seenAtMs = new Map<string, number>();
  #providers: ReadonlyMap<string, WatchedProvider> = new Map();
  #isUp = false;
  /** Since when it has answered without a break, monotonic. */
  #upSinceMs = Number.POSITIVE_INFINITY;

  constructor(options: ProviderRegistryOptions) {
    this.#options = options;
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.#read() });
  }

  /** Whether routing answered the last time. */
  get isUp(): boolean {
    return this.#isUp;
  }

  all(): Iterable<WatchedProvider> {
    return this.#providers.values();
  }

  get(name: ProviderName): WatchedProvider | undefined {
    return this.#providers.get(providerKey(name));
  }

  /** Whether routing has not listed a provider for long, though it answered all the time. */
  isGone(name: ProviderName): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const seenAtMs = this.#seenAtMs.get(providerKey(name)) ?? Number.NEGATIVE_INFINITY;
    return nowMs - this.#upSinceMs >= GONE_AFTER_MS && nowMs - seenAtMs >= GONE_AFTER_MS;
  }

  /** Something changed: reads soon. */
  refresh(): void {
    this.#loop.wake();
  }

  close(): Promise<void> {
    return this.#loop.close();
  }

  async #read(): Promise<void> {
    const { routing, clock, log } = this.#options;
    try {
      const providers = await routing.listProviders();
      const nowMs = clock.monotonicMs();
      if (!this.#isUp) this.#upSinceMs = nowMs;
      this.#isUp = true;
      this.#providers = new Map(providers.map((provider) => [providerKey(provider), provider]));
      for (const key of this.#providers.keys()) this.#seenAtMs.set(key, nowMs);
      for (const [key, seenAtMs] of this.#seenAtMs) {
        if (nowMs - seenAtMs > 2 * GONE_AFTER_MS) this.#seenAtMs.delete(key);
      }
    } catch (error) {
      if (this.#isUp) log.warn({ err: error }, 'routing does not list providers; the last list holds');
      this.#isUp = false;
      this.#upSinceMs = Number.POSITIVE_INFINITY;
    }
  }
}
