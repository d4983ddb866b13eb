import type { Usage } from '@switchyard/contracts/routing';
import { type Prefixes, prefixesOf } from '../domain/prefix/prefix-digests.ts';
import type { Needs } from '../domain/request/needs.ts';
import type { Offering } from '../domain/snapshot/offering.ts';

/** Providers keep no shorter beginning. */
const LEAST_TOKENS = 1_024;
/** The least that vendors say they keep one for, from its last use. */
const KEPT_MS = 300_000;
/** Most beginnings that are known, of all tenants; those used longest ago go. */
const MAX_PREFIXES = 20_000;
/** Most offerings that are known to hold one. */
const MAX_HOLDERS = 8;

/** A beginning at an offering. */
interface Holding {
  /** As that provider counts them. */
  readonly tokens: number;
  /** Monotonic. */
  readonly untilMs: number;
}

/**
 * Which offerings probably have the beginning of a request in their prompt cache: as their own reports of cached tokens told this replica.
 * Not known of providers with endpoints of their own: each has a cache, and requests are dealt to them by share.
 */
export class HeldPrefixes {
  /** By digest, then by offering; the one used last is last. */
  readonly #holdings = new Map<string, Map<string, Holding>>();
  /** By tenant: when the last of its beginnings is forgotten. */
  readonly #untilMs = new Map<string, number>();

  /** Input tokens that each offering probably holds, by its shared key; undefined where none is known to. */
  heldFor(
    { operation, tenant, estimatedInputTokens }: Needs,
    nowMs: number,
  ): ReadonlyMap<string, number> | undefined {
    if (estimatedInputTokens < LEAST_TOKENS || operation.kind !== 'chat') return undefined;
    if ((this.#untilMs.get(tenant) ?? 0) <= nowMs) return undefined;
    const { prefixes = [] } = prefixesOf(tenant, operation.request) ?? {};
    const held = new Map<string, number>();
    for (const { digest } of prefixes.toReversed())
      for (const [key, { tokens, untilMs }] of this.#holdings.get(digest) ?? [])
        if (untilMs > nowMs && !held.has(key)) held.set(key, tokens);
    return held.size === 0 ? undefined : held;
  }

  /** A call has ended: what its provider read from its prompt cache, or wrote to it, is there for the next one; what it was expected to hold and did not is not. */
  reported({ operation, tenant, heldPrefixes }: Needs, offering: Offering, call: ReportedCall): void {
    const { cacheReadTokens = 0, cacheWriteTokens = 0, inputTokens = 0, estimated } = call.usage ?? {};
    const cached = cacheReadTokens + cacheWriteTokens;
    const wasExpected = heldPrefixes?.has(offering.sharedKey) === true && call.usage !== undefined;
    if ((cached < LEAST_TOKENS && !wasExpected) || estimated === true) return;
    if (operation.kind !== 'chat' || offering.provider.endpoint !== undefined) return;
    const known = prefixesOf(tenant, operation.request);
    if (known === undefined) return;
    const untilMs = call.nowMs + KEPT_MS;
    this.#note(known, { key: offering.sharedKey, cached, inputTokens, untilMs });
    this.#noteTenant(tenant, untilMs);
  }

  #note({ prefixes, totalBytes }: Prefixes, { key, cached, inputTokens, untilMs }: Report): void {
    for (const { bytes, digest } of prefixes) {
      const tokens = Math.floor((inputTokens * bytes) / totalBytes);
      const holders = this.#holdings.get(digest) ?? new Map<string, Holding>();
      this.#holdings.delete(digest);
      holders.delete(key);
      if (tokens <= cached) holders.set(key, { tokens, untilMs });
      if (holders.size > 0) this.#holdings.set(digest, holders);
      dropOldest(holders, MAX_HOLDERS);
    }
    dropOldest(this.#holdings, MAX_PREFIXES);
  }

  #noteTenant(tenant: string, untilMs: number): void {
    this.#untilMs.delete(tenant);
    this.#untilMs.set(tenant, untilMs);
    dropOldest(this.#untilMs, MAX_PREFIXES);
  }
}

/** What a provider has reported. */
export interface ReportedCall {
  readonly usage: Usage | undefined;
  /** Monotonic. */
  readonly nowMs: number;
}

interface Report {
  readonly key: string;
  readonly cached: number;
  readonly inputTokens: number;
  readonly untilMs: number;
}

function dropOldest(entries: Map<string, unknown>, most: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= most) return;
    entries.delete(key);
  }
}
