import type { CompleteRequest, Usage } from '@switchyard/contracts/routing';
import { type Prefixes, prefixesOf } from '../domain/prefix/prefix-digests.ts';
import type { Needs } from '../domain/request/needs.ts';
import type { Offering } from '../domain/snapshot/offering.ts';

/** Providers keep no shorter beginning. */
const LEAST_TOKENS = 1_024;
/** The least that vendors say they keep one for, from its last use. */
const KEPT_MS = 300_000;
/** Most beginnings that are known, of all tenants. */
const MAX_PREFIXES = 20_000;
/** Most tenants of whom any is known; the one that was told of longest ago goes. */
const MAX_TENANTS = 1_000;
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
  readonly #most: number;
  /** The one that was told of last is last. */
  readonly #byTenant = new Map<string, TenantPrefixes>();
  /** Beginnings of all tenants. */
  #count = 0;
  /** A request is looked up when it comes and told of at its end: its beginnings are digested once. */
  readonly #digested = new WeakMap<CompleteRequest, { readonly prefixes: Prefixes | undefined }>();

  /** @param most beginnings that are known, of all tenants; the tenant with the most makes room, by what it used longest ago */
  constructor(most = MAX_PREFIXES) {
    this.#most = most;
  }

  /** Input tokens that each offering probably holds, by its shared key; undefined where none is known to. */
  heldFor(
    { operation, tenant, estimatedInputTokens }: Needs,
    nowMs: number,
  ): ReadonlyMap<string, number> | undefined {
    if (estimatedInputTokens < LEAST_TOKENS || operation.kind !== 'chat') return undefined;
    const known = this.#byTenant.get(tenant);
    if (known === undefined || known.untilMs <= nowMs) return undefined;
    const { prefixes = [] } = this.#prefixesOf(tenant, operation.request) ?? {};
    const held = new Map<string, number>();
    for (const { digest } of prefixes.toReversed())
      for (const [key, { tokens, untilMs }] of known.holdings.get(digest) ?? [])
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
    const prefixes = this.#prefixesOf(tenant, operation.request);
    if (prefixes === undefined) return;
    const untilMs = call.nowMs + KEPT_MS;
    const of = this.#touch(tenant, untilMs);
    this.#count -= of.holdings.size;
    note(of.holdings, prefixes, { key: offering.sharedKey, cached, inputTokens, untilMs });
    this.#count += of.holdings.size;
    while (this.#count > this.#most) this.#makeRoom(call.nowMs);
  }

  #prefixesOf(tenant: string, request: CompleteRequest): Prefixes | undefined {
    let known = this.#digested.get(request);
    if (known === undefined) {
      known = { prefixes: prefixesOf(tenant, request) };
      this.#digested.set(request, known);
    }
    return known.prefixes;
  }

  #touch(tenant: string, untilMs: number): TenantPrefixes {
    const holdings = this.#byTenant.get(tenant)?.holdings ?? new Map();
    const touched = { holdings, untilMs };
    this.#byTenant.delete(tenant);
    this.#byTenant.set(tenant, touched);
    const [oldest, unused] = this.#byTenant.entries().next().value as [string, TenantPrefixes];
    if (this.#byTenant.size > MAX_TENANTS) {
      this.#byTenant.delete(oldest);
      this.#count -= unused.holdings.size;
    }
    return touched;
  }

  /** What has run out goes first. One tenant, however much it sends, takes no place of another that has fewer. */
  #makeRoom(nowMs: number): void {
    const [oldest, unused] = this.#byTenant.entries().next().value as [string, TenantPrefixes];
    if (unused.untilMs <= nowMs) {
      this.#byTenant.delete(oldest);
      this.#count -= unused.holdings.size;
      return;
    }
    let most: Holdings = new Map();
    for (const { holdings } of this.#byTenant.values()) if (holdings.size > most.size) most = holdings;
    const before = most.size;
    dropOldest(most, before - 1);
    this.#count -= before - most.size;
  }
}

/** By digest, then by offering; the one used last is last. */
type Holdings = Map<string, Map<string, Holding>>;

/** The beginnings of one tenant. */
interface TenantPrefixes {
  readonly holdings: Holdings;
  /** When the last of them is forgotten, monotonic. */
  readonly untilMs: number;
}

function note(
  holdings: Holdings,
  { prefixes, totalBytes }: Prefixes,
  { key, cached, inputTokens, untilMs }: Report,
): void {
  for (const { bytes, digest } of prefixes) {
    const tokens = Math.floor((inputTokens * bytes) / totalBytes);
    const holders = holdings.get(digest) ?? new Map<string, Holding>();
    holdings.delete(digest);
    holders.delete(key);
    if (tokens <= cached) holders.set(key, { tokens, untilMs });
    if (holders.size > 0) holdings.set(digest, holders);
    dropOldest(holders, MAX_HOLDERS);
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
