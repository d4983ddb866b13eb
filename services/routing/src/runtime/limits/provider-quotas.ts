import { unreachable } from '@switchyard/kernel';
import type { Measure, Quota } from '../../domain/limits/quota.ts';
import type { Refusal } from '../../domain/limits/refusal.ts';
import { reachesOf } from '../../domain/snapshot/at-endpoints.ts';
import type { ConfiguredProvider } from '../../domain/snapshot/offering.ts';
import { QuotaPlace, type TakenQuota } from './quota-place.ts';
import { type QuotaContext, SharedQuota } from './shared-quota.ts';

/** Whom a call goes to, and what it is expected to use. */
export interface QuotaCall {
  readonly provider: ConfiguredProvider;
  readonly tokens: number;
  /** A probe counts, and is not held back. */
  readonly isProbe: boolean;
}

/** Whether a call may be made. */
export type Admission =
  | { readonly kind: 'admitted'; readonly place: QuotaPlace }
  | { readonly kind: 'limited'; readonly refusal: Refusal };

/** What the store was asked for: undefined as the slot where there was no room. */
type AskedQuota = Omit<TakenQuota, 'slot'> & { readonly slot: number | undefined };

const TICK_MS = 1_000;
/** When to ask again where nobody tells when there is room. */
const UNTOLD_MS = 50;

const UNLIMITED: Admission = { kind: 'admitted', place: new QuotaPlace([]) };
const NO_QUOTAS: readonly SharedQuota[] = [];

/** The limits of all providers and endpoints, at this replica. */
export class ProviderQuotas {
  readonly #context: QuotaContext;
  readonly #quotas = new Map<string, SharedQuota>();
  readonly #byProvider = new WeakMap<ConfiguredProvider, readonly SharedQuota[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(context: QuotaContext) {
    this.#context = context;
    context.store?.onUp(() => this.#tick());
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** The limits of whom a call goes to; none for most. */
  of(provider: ConfiguredProvider): readonly SharedQuota[] {
    if (provider.quotas.length === 0) return NO_QUOTAS;
    let quotas = this.#byProvider.get(provider);
    if (quotas === undefined) {
      quotas = provider.quotas.map((quota) => this.#quotaOf(quota));
      this.#byProvider.set(provider, quotas);
    }
    return quotas;
  }

  /** The limit that is known to have no room for a call: of several the one that has none for longest. */
  refusal({ provider, tokens }: Omit<QuotaCall, 'isProbe'>, nowMs: number): Refusal | undefined {
    let longest: Refusal | undefined;
    for (const shared of this.of(provider)) {
      const leftMs = shared.waitMs(unitsOf(shared.quota.measure, tokens), nowMs) ?? 0;
      if (leftMs > (longest?.leftMs ?? 0)) longest = { source: 'configured', quota: shared.quota, leftMs };
    }
    return longest;
  }

  /** Takes a place for a call, at once where this replica has what it needs, else as soon as the store has answered. */
  admit(call: QuotaCall): Admission | Promise<Admission> {
    const quotas = this.of(call.provider);
    if (quotas.length === 0) return UNLIMITED;
    const nowMs = this.#context.clock.monotonicMs();
    const refusal = call.isProbe ? undefined : this.refusal(call, nowMs);
    if (refusal !== undefined) return { kind: 'limited', refusal };
    const taken: TakenQuota[] = [];
    const asked: Promise<AskedQuota>[] = [];
    for (const quota of quotas) {
      const units = quota.clamped(unitsOf(quota.quota.measure, call.tokens));
      if (call.isProbe || quota.waitMs(units, nowMs) !== undefined)
        taken.push({ quota, units, slot: quota.take(units, nowMs) });
      else asked.push(quota.acquire(units).then((slot) => ({ quota, units, slot })));
    }
    if (asked.length > 0) return this.#admitLater(taken, asked);
    return { kind: 'admitted', place: new QuotaPlace(taken) };
  }

  /** What is left of each limit that was used, as this replica knows. */
  *lefts(): Generator<{ readonly quota: Quota; readonly left: number }> {
    for (const { quota, knownUse } of this.#quotas.values()) yield { quota, left: quota.capacity - knownUse };
  }

  /** Forgets limits that are no more; those that stay take their new size with the next call. */
  keepOnly(providers: readonly ConfiguredProvider[]): void {
    if (this.#quotas.size === 0) return;
    const kept = new Set(providers.flatMap(reachesOf).flatMap(({ quotas }) => quotas.map(({ key }) => key)));
    for (const [key, quota] of this.#quotas) if (!kept.has(key) && !quota.isInUse) this.#quotas.delete(key);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #quotaOf(quota: Quota): SharedQuota {
    const known = this.#quotas.get(quota.key);
    if (known !== undefined) {
      known.reconfigure(quota);
      return known;
    }
    const made = new SharedQuota(quota, this.#context);
    this.#quotas.set(quota.key, made);
    return made;
  }

  async #admitLater(taken: TakenQuota[], asked: readonly Promise<AskedQuota>[]): Promise<Admission> {
    let lacking: SharedQuota | undefined;
    for (const { quota, units, slot } of await Promise.all(asked))
      if (slot === undefined) lacking = quota;
      else taken.push({ quota, units, slot });
    const place = new QuotaPlace(taken);
    if (lacking === undefined) return { kind: 'admitted', place };
    place.cancel();
    return {
      kind: 'limited',
      refusal: { source: 'configured', quota: lacking.quota, leftMs: this.#leftMs(lacking) },
    };
  }

  #leftMs(lacking: SharedQuota): number {
    return Math.max(1, lacking.waitMs(1, this.#context.clock.monotonicMs()) ?? UNTOLD_MS);
  }

  #tick(): void {
    const nowMs = this.#context.clock.monotonicMs();
    for (const quota of this.#quotas.values()) quota.tick(nowMs);
  }
}

function unitsOf(measure: Measure, tokens: number): number {
  switch (measure) {
    case 'concurrent_requests':
    case 'requests_per_minute':
      return 1;
    case 'tokens_per_minute':
      return tokens;
    default:
      return unreachable(measure);
  }
}
