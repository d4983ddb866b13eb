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

  /** What is known now: what is left of each limit, below 0 where more was asked. */
  at(nowMs: number): (Pick<ToldQuota, 'counts' | 'limit'> & { readonly left: number })[] {
    return this.#known.flatMap((known) => {
      const left = this.#left(known, nowMs);
      return left === undefined ? [] : [{ counts: known.counts, limit: known.limit, left }];
    });
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
    const left = this.#left(known, nowMs);
    if (left === undefined || left >= units) return 0;
    const untilResetMs = known.toldAtMs + Math.min(known.resetMs, MAX_RESET_MS) - nowMs;
    const perMs = refillPerMs(known);
    return perMs > 0 ? Math.min(untilResetMs, (units - left) / perMs) : untilResetMs;
  }

  /** undefined: its reset is over. */
  #left(known: Known, nowMs: number): number | undefined {
    const { counts, remaining, toldAtMs, asked } = known;
    const elapsedMs = nowMs - toldAtMs;
    if (elapsedMs >= Math.min(known.resetMs, MAX_RESET_MS)) return undefined;
    const since = (counts === 'requests' ? this.#requests : this.#tokens) - asked;
    return remaining - since + refillPerMs(known) * elapsedMs;
  }
}

const refillPerMs = ({ refills, limit, remaining, resetMs }: ToldQuota): number =>
  refills === 'evenly' && limit !== undefined ? (limit - remaining) / resetMs : 0;
