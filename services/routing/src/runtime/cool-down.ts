import type { CoolDown as Pause } from '../domain/decide/candidate.ts';

/** Longest pause that a provider is believed: a wrong date must not shut it out for ever. */
const MAX_MS = 300_000;
/** The pause of one that refuses most calls for its rate limit and does not say for how long. */
const UNSTATED_MS = 1_000;

/** The pause of one offering that has asked for fewer calls. */
export class CoolDown {
  #endsAtMs = Number.NEGATIVE_INFINITY;
  #endsAtWallMs = 0;

  /** @param retryAfterMs what it asked for; undefined: it did not say */
  begin({
    retryAfterMs = UNSTATED_MS,
    nowMs,
    wallMs,
  }: {
    readonly retryAfterMs?: number | undefined;
    readonly nowMs: number;
    readonly wallMs: number;
  }): void {
    const pauseMs = Math.min(retryAfterMs, MAX_MS);
    // Answers overtake each other: the longest pause counts.
    if (nowMs + pauseMs <= this.#endsAtMs) return;
    this.#endsAtMs = nowMs + pauseMs;
    this.#endsAtWallMs = wallMs + pauseMs;
  }

  /** The pause as of now; undefined where there is none. Its length is measured monotonically: the wall time is for reading. */
  at(nowMs: number): Pause | undefined {
    const leftMs = this.#endsAtMs - nowMs;
    return leftMs > 0 ? { endsAtWallMs: this.#endsAtWallMs, leftMs } : undefined;
  }
}
