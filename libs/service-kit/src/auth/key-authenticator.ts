import { setTimeout as pause } from 'node:timers/promises';
import { apiKeyDigest, type Clock, isApiKey, ServiceError, withinTime } from '@switchyard/kernel';
import type { Principal } from './principal.ts';

/** Asks who a key belongs to. `undefined`: unknown, ended or revoked. Throws where it cannot be asked. */
export type ResolvePrincipal = (digest: Buffer) => Promise<ResolvedPrincipal | undefined>;

/** A principal and how long the answer holds. */
export interface ResolvedPrincipal {
  readonly principal: Principal;
  /** When the key ends, in wall milliseconds; undefined: never. */
  readonly expiresAtMs: number | undefined;
  /** How long it may be used while nobody can be asked, in milliseconds. */
  readonly ttlMs: number;
}

export interface KeyAuthenticatorOptions {
  readonly resolve: ResolvePrincipal;
  readonly clock: Clock;
  /** Whether revocations arrive now. While they do not, an entry is asked for again after `maxStaleMs`. */
  readonly eventsArrive: () => boolean;
  /** Longest use of an entry without asking again while revocations do not arrive, in milliseconds. Default 30,000. */
  readonly maxStaleMs?: number;
  /** Most entries kept. Default 100,000. */
  readonly maxEntries?: number;
}

interface Entry {
  readonly key: string;
  readonly resolved: ResolvedPrincipal;
  readonly digestHex: string;
  readonly askedAtMs: number;
  refreshing: boolean;
  /** Whether a revocation may have been missed since it was asked for. */
  suspect: boolean;
}

/** As clients write it. */
const USUAL_SCHEME = 'Bearer ';
/** How long an unknown key is remembered, so that a flood of it does not reach credential. */
const UNKNOWN_TTL_MS = 2_000;
const MAX_UNKNOWN = 10_000;
/** Longest time of asking again because revocations came in between. */
const MAX_ASKING_MS = 2_000;
/** As long as this, credential that gave no answer is asked again for who is not known: a caller is told within two seconds. */
const PATIENCE_MS = 1_900;
const ASK_AGAIN_MS = 250;
/** How long credential counts as away after it gave no answer; longer than a question takes. */
const AWAY_MS = 5_000;

/**
 * Tells who calls, from a local cache of full digests. A revocation event drops an entry at once ({@link dropDigest}).
 * While credential cannot be asked, entries serve until their time to live, then calls are refused: closed, not open.
 */
export class KeyAuthenticator {
  readonly #options: Required<KeyAuthenticatorOptions>;
  /** By the whole key: its digest is computed once per key, not per call. The map lives in this process only. */
  readonly #entries = new Map<string, Entry>();
  readonly #unknown = new Map<string, number>();
  /** Grows with every drop. */
  #drops = 0;
  readonly #asking = new Map<string, Promise<Principal>>();
  /** Until when credential counts as away, monotonic: who is known does not wait for it. */
  #awayUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: KeyAuthenticatorOptions) {
    this.#options = { maxStaleMs: 30_000, maxEntries: 100_000, ...options };
  }

  /**
   * @param authorization value of the authorization header or metadata, `Bearer sy_…`
   * @returns the principal, at once where it is known
   * @throws UNAUTHENTICATED for a missing, malformed, unknown or ended key; UNAVAILABLE where nobody can be asked
   */
  authenticate(authorization: string | undefined): Principal | Promise<Principal> {
    // Only keys that are well formed have an entry: what is known is not read again.
    const usual = authorization?.startsWith(USUAL_SCHEME) ? authorization.slice(USUAL_SCHEME.length) : '';
    const entry = this.#entries.get(usual) ?? this.#entries.get(bearerKey(authorization));
    if (entry === undefined) return this.#ask(bearerKey(authorization), 'unknown');
    const { key } = entry;
    const { clock, eventsArrive, maxStaleMs } = this.#options;
    const ageMs = clock.monotonicMs() - entry.askedAtMs;
    const { expiresAtMs, ttlMs, principal } = entry.resolved;
    if (expiresAtMs !== undefined && clock.wallMs() >= expiresAtMs) {
      this.#entries.delete(key);
      throw unknownKey();
    }
    if (ageMs >= (eventsArrive() ? ttlMs : maxStaleMs)) return this.#ask(key, 'unknown');
    if (entry.suspect && clock.monotonicMs() >= this.#awayUntilMs) return this.#askUnlessAway(key, principal);
    if ((entry.suspect || ageMs > maxStaleMs / 2) && !entry.refreshing) this.#refresh(key, entry);
    return principal;
  }

  /** Forgets a key: it was revoked or rotated. An answer that is on its way was given before and is asked for again. */
  dropDigest(digest: Uint8Array): void {
    this.#drops++;
    const hex = Buffer.from(digest).toString('hex');
    for (const [key, entry] of this.#entries) if (entry.digestHex === hex) this.#entries.delete(key);
  }

  /**
   * Events may have been missed: every key is asked for again on its next use, and serves on only where nobody answers.
   * The first call to learn that waits; the others are answered at once, and ask behind their backs, until somebody answers.
   */
  suspectAll(): void {
    this.#drops++;
    for (const entry of this.#entries.values()) entry.suspect = true;
    this.#unknown.clear();
  }

  #refresh(key: string, entry: Entry): void {
    entry.refreshing = true;
    this.#ask(key, 'known').catch(() => {
      // Credential cannot be asked: the entry serves until its time to live.
      entry.refreshing = false;
    });
  }

  async #askUnlessAway(key: string, known: Principal): Promise<Principal> {
    try {
      return await this.#ask(key, 'known');
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'UNAVAILABLE') return known;
      throw error;
    }
  }

  #ask(key: string, caller: 'known' | 'unknown'): Promise<Principal> {
    const under = this.#asking.get(key);
    if (under !== undefined) return under;
    const asking = this.#resolve(key, caller).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  /** Asks for a caller who is not known, and again while credential gives no answer. Once it counts as away, it is asked once. */
  async #askPatiently(digest: Buffer): Promise<ResolvedPrincipal | undefined> {
    const { clock } = this.#options;
    const isAway = clock.monotonicMs() < this.#awayUntilMs;
    const untilMs = clock.monotonicMs() + PATIENCE_MS;
    let asking = this.#askCredential(digest);
    for (;;) {
      let failure: unknown;
      try {
        return await asking;
      } catch (error) {
        failure = error;
      }
      const mayPass = failure instanceof ServiceError && failure.retryable;
      if (isAway || !mayPass || clock.monotonicMs() + ASK_AGAIN_MS >= untilMs) throw failure;
      await pause(ASK_AGAIN_MS);
      const leftMs = Math.max(ASK_AGAIN_MS, untilMs - clock.monotonicMs());
      asking = withinTime(this.#askCredential(digest), leftMs).catch(() => {
        throw failure;
      });
    }
  }

  async #askCredential(digest: Buffer): Promise<ResolvedPrincipal | undefined> {
    try {
      const resolved = await this.#options.resolve(digest);
      this.#awayUntilMs = Number.NEGATIVE_INFINITY;
      return resolved;
    } catch (error) {
      this.#awayUntilMs = this.#options.clock.monotonicMs() + AWAY_MS;
      throw error;
    }
  }

  async #resolve(key: string, caller: 'known' | 'unknown'): Promise<Principal> {
    const { clock, maxEntries } = this.#options;
    const unknownUntil = this.#unknown.get(key);
    if (unknownUntil !== undefined && clock.monotonicMs() < unknownUntil) throw unknownKey();
    const digest = apiKeyDigest(key);
    const askedAtMs = clock.monotonicMs();
    let resolved: ResolvedPrincipal | undefined;
    let drops: number;
    do {
      drops = this.#drops;
      resolved = await (caller === 'known' ? this.#askCredential(digest) : this.#askPatiently(digest));
    } while (drops !== this.#drops && clock.monotonicMs() - askedAtMs < MAX_ASKING_MS);
    if (resolved === undefined) {
      this.#entries.delete(key);
      if (this.#unknown.size >= MAX_UNKNOWN) this.#unknown.clear();
      this.#unknown.set(key, clock.monotonicMs() + UNKNOWN_TTL_MS);
      throw unknownKey();
    }
    if (this.#entries.size >= maxEntries) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(key, {
      key,
      resolved,
      digestHex: digest.toString('hex'),
      askedAtMs,
      refreshing: false,
      suspect: false,
    });
    return resolved.principal;
  }
}

function bearerKey(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw unauthenticated('KEY_MISSING', 'an API key is needed: send "authorization: Bearer sy_…"');
  }
  const key = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  if (key === undefined || !isApiKey(key)) {
    throw unauthenticated(
      'KEY_MALFORMED',
      'this is no key of Switchyard: such a key begins with "sy_" and stands after "Bearer "; was it cut off, or is it a provider\'s? An administrator makes one by "switchyard keys create"',
    );
  }
  return key;
}

const unknownKey = () => unauthenticated('KEY_UNKNOWN', 'the API key is unknown, expired or revoked');

function unauthenticated(reason: string, publicMessage: string): ServiceError {
  return new ServiceError({ reason, code: 'UNAUTHENTICATED', publicMessage, metadata: { key: 'caller' } });
}
