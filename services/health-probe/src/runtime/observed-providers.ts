import { type Observation, parseObservation } from '@switchyard/resilience';
import { type ProviderName, providerKey } from '../domain/provider-key.ts';
import { ProviderWindows } from '../domain/provider-windows.ts';

/** Most providers whose windows are kept. */
const MAX_PROVIDERS = 5_000;
/** Windows of a provider that nobody knows and nobody calls are dropped after this. */
const FORGET_AFTER_MS = 600_000;

/** One provider and model within one second at one replica, as it came over the bus. */
export type ObservedSecond = ProviderName & { readonly model: string } & Observation;

/** Windows of all providers, fed by every routing replica. */
export class ObservedProviders {
  readonly #windows = new Map<string, ProviderWindows>();

  /** Adds a second. @param nowMs monotonic @returns whether it could be true and found room */
  add(second: ObservedSecond, nowMs: number): boolean {
    const observation = parseObservation(second);
    if (observation === undefined) return false;
    const key = providerKey(second);
    if (!this.#windows.has(key) && this.#windows.size >= MAX_PROVIDERS) return false;
    this.windowsOf(second).merge({ model: second.model, observation }, nowMs);
    return true;
  }

  /** The windows of a provider; empty ones where nothing was seen of it. */
  windowsOf(name: ProviderName): ProviderWindows {
    const key = providerKey(name);
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const windows = new ProviderWindows();
    this.#windows.set(key, windows);
    return windows;
  }

  /** Drops windows that are no use any more. @param nowMs monotonic */
  forget(isKnown: (key: string) => boolean, nowMs: number): void {
    for (const [key, windows] of this.#windows) {
      if (!isKnown(key) && nowMs - windows.observedAtMs > FORGET_AFTER_MS) this.#windows.delete(key);
    }
  }
}
