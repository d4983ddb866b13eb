import type { AttemptOutcome, CallStats, TokenCounts } from './simulator-stats.ts';

/** No tokens at all. */
export const NO_TOKENS: TokenCounts = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

/** How a call ended, as far as it is counted. */
export interface EndedCall {
  readonly outcome: AttemptOutcome;
  readonly stream: boolean;
  readonly tokens: TokenCounts;
  /** Of an aborted call. */
  readonly noticedAfterMs?: number;
}

/** Counts calls of a provider or of a model. Each `begin` is followed by one `end`. */
export class CallCounter {
  #received = 0;
  #inFlight = 0;
  #maxInFlight = 0;
  readonly #outcomes = { complete: 0, refused: 0, aborted: 0, faulted: 0 };
  readonly #streams = { complete: 0, refused: 0, aborted: 0, faulted: 0 };
  readonly #tokens = { ...NO_TOKENS } as { -readonly [K in keyof TokenCounts]: number };
  readonly #noticed = { count: 0, sumMs: 0, maxMs: 0 };

  begin(): void {
    this.#received += 1;
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
  }

  end({ outcome, stream, tokens, noticedAfterMs }: EndedCall): void {
    this.#inFlight -= 1;
    this.#outcomes[outcome] += 1;
    if (stream) this.#streams[outcome] += 1;
    for (const kind of Object.keys(this.#tokens) as (keyof TokenCounts)[]) {
      this.#tokens[kind] += tokens[kind];
    }
    if (noticedAfterMs === undefined) return;
    this.#noticed.count += 1;
    this.#noticed.sumMs += noticedAfterMs;
    this.#noticed.maxMs = Math.max(this.#noticed.maxMs, noticedAfterMs);
  }

  snapshot(): CallStats {
    const { count, sumMs, maxMs } = this.#noticed;
    return {
      received: this.#received,
      served: this.#outcomes.complete,
      refused: this.#outcomes.refused,
      aborted: this.#outcomes.aborted,
      faulted: this.#outcomes.faulted,
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
      streams: {
        completed: this.#streams.complete,
        aborted: this.#streams.aborted,
        faulted: this.#streams.faulted,
      },
      tokens: { ...this.#tokens },
      ...(count > 0 && { aborts: { meanSinceLastWriteMs: sumMs / count, maxSinceLastWriteMs: maxMs } }),
    };
  }
}
