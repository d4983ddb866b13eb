/** What a target has told of one of its limits. */
export interface ToldQuota {
  readonly counts: 'requests' | 'tokens';
  readonly remaining: number;
  readonly limit: number | undefined;
  /** Until it is whole again, in milliseconds. */
  readonly resetMs: number;
  readonly refills: 'evenly' | 'at_once';
}

/** What had been asked of a target as a call began: what was asked after it is not in what its answer tells. */
export interface CallMark {
  readonly requests: number;
  readonly tokens: number;
}

interface Known extends ToldQuota {
  readonly toldAtMs: number;
  /** What had been asked by then, with what that answer could not know of taken off. */
  readonly asked: number;
}

/** Longest time that a target is believed: a wrong reset must not shut it out for ever. */
const MAX_RESET_MS = 300_000;

/**
 * What a target's answers tell of its limits: with nothing left of one it is not asked until there is, so that it need not refuse.
 * Until the next answer tells more, what is asked is counted off; after its reset nothing is known any more.
 */
export class ToldLimits {
  #known: readonly Known[] = [];
  #requests = 0;
  #tokens = 0;

  /** A call begins. @param tokens that it is expected to use */
  began(tokens: number): CallMark {
    this.#requests += 1;
    this.#tokens += tokens;
    return { requests: this.#requests, tokens: this.#tokens };
  }

  /** An answer has told of its limits; one that tells of none changes nothing. @param mark of its call */
  note(told: readonly ToldQuota[], mark: CallMark, nowMs: number): void {
    if (told.length === 0) return;
    this.#known = told.map((limit) => ({ ...limit, toldAtMs: nowMs, asked: mark[limit.counts] }));
  }

  /** The limit that has no room for a call, and for how long, in milliseconds; undefined where none is known. */
  refusal(
    tokens: number,
    nowMs: number,
  ): { readonly counts: ToldQuota['counts']; readonly leftMs: number } | undefined {
    let longest: { readonly counts: ToldQuota['counts']; readonly leftMs: number } | undefined;
    for (const known of this.#known) {
      const { counts, limit = Number.POSITIVE_INFINITY } = known;
      const leftMs = this.#waitMs(known, {
        units: Math.min(limit, counts === 'requests' ? 1 : tokens),
        nowMs,
      });
      if (leftMs > (longest?.leftMs ?? 0)) longest = { counts, leftMs };
    }
    return longest;
  }

  #waitMs(known: Known, { units, nowMs }: { readonly units: number; readonly nowMs: number }): number {
    const { counts, remaining, limit, refills, toldAtMs, asked } = known;
    const resetMs = Math.min(known.resetMs, MAX_RESET_MS);
    const untilResetMs = toldAtMs + resetMs - nowMs;
    if (untilResetMs <= 0) return 0;
    const since = (counts === 'requests' ? this.#requests : this.#tokens) - asked;
    const perMs = refills === 'evenly' && limit !== undefined ? (limit - remaining) / known.resetMs : 0;
    const left = remaining - since + perMs * (nowMs - toldAtMs);
    if (left >= units) return 0;
    return perMs > 0 ? Math.min(untilResetMs, (units - left) / perMs) : untilResetMs;
  }
}
