import type { FaultType } from '../faults/fault.ts';
import type { WireFormatName } from '../options/simulator-options.ts';

/** What a simulator served since it started or was reset. The body of `GET /stats`. */
export interface SimulatorStats {
  readonly simulated: true;
  /** When counting began, Unix milliseconds. */
  readonly sinceUnixMs: number;
  /** By provider name. */
  readonly providers: Readonly<Record<string, ProviderStats>>;
  readonly attemptLog: AttemptLogState;
}

/** What one provider served, in all and by model. */
export interface ProviderStats extends CallStats {
  readonly format: WireFormatName;
  /** By the model name of the request. At most 1,000 names; further ones are under `(other)`, requests without one under `(none)`. */
  readonly models: Readonly<Record<string, CallStats>>;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Partial<Record<FaultType, number>>>;
  /** What it was given in batches. A line that is answered is counted among the calls, too. */
  readonly batches: BatchStats;
}

/** Batches of one provider. */
export interface BatchStats {
  readonly created: number;
  /** Of these: ended, whichever way. */
  readonly ended: number;
  /** Lines of all of them. */
  readonly lines: number;
  /** Of these: answered well, and billed at batch prices. */
  readonly served: number;
}

/**
 * Counts of generation calls. Always `received = served + refused + aborted + faulted + inFlight`.
 */
export interface CallStats {
  /** Requests whose headers arrived. */
  readonly received: number;
  /** Answered in full. */
  readonly served: number;
  /** Answered with an error because the request was wrong (key, body, model). */
  readonly refused: number;
  /** The caller left before the answer's end. */
  readonly aborted: number;
  /** Ended by a fault that was asked for. */
  readonly faulted: number;
  /** Under way now. */
  readonly inFlight: number;
  /** The most that were under way at once. */
  readonly maxInFlight: number;
  /** Of `served`, `aborted` and `faulted`: those that were streams. */
  readonly streams: { readonly completed: number; readonly aborted: number; readonly faulted: number };
  /** Of what `served`, `aborted` and `faulted` calls are billed. */
  readonly tokens: TokenCounts;
  /** How aborts were noticed. Absent while there were none. */
  readonly aborts?: AbortTiming;
}

/** Tokens of one call or of many, counted as the README says. */
export interface TokenCounts {
  /** The whole prompt: fresh, cached and written to the cache. */
  readonly inputTokens: number;
  /** Of `inputTokens`: read from the prompt cache. */
  readonly cachedInputTokens: number;
  /** Of `inputTokens`: written to the cache for 5 minutes (Anthropic only). */
  readonly cacheWrite5mTokens: number;
  /** Of `inputTokens`: written to the cache for 1 hour (Anthropic only). */
  readonly cacheWrite1hTokens: number;
  /** Everything generated, reasoning included. Of a broken-off stream: what was written before its end; of a unary call that the caller left: none. */
  readonly outputTokens: number;
  /** Of `outputTokens`: reasoning. */
  readonly reasoningTokens: number;
}

/** Time from the last write to noticing that the caller had left: an upper bound of how late an abort was noticed while tokens flow. */
export interface AbortTiming {
  readonly meanSinceLastWriteMs: number;
  readonly maxSinceLastWriteMs: number;
}

/** One ended call. A line of `GET /stats/attempts`. */
export interface AttemptRecord {
  /** Position in the log, from 1, gapless; goes on after a reset. */
  readonly cursor: number;
  /** The request's `x-switchyard-attempt-id`; absent when it had none or one longer than 128 characters. */
  readonly attemptId?: string;
  readonly provider: string;
  /** Absent when the request was refused before its model could be read. */
  readonly model?: string;
  readonly stream: boolean;
  /** The HTTP status sent; absent when none was. */
  readonly status?: number;
  readonly outcome: AttemptOutcome;
  /** The fault that struck, also one that leaves the answer whole (`slow-bytes`, `delay`, `omit-usage`). */
  readonly fault?: FaultType;
  /** What this call is billed. All zero when it was refused or failed before anything was generated. */
  readonly tokens: TokenCounts;
  /** Output tokens written to the connection; `tokens.outputTokens` when complete. */
  readonly deliveredTokens: number;
  readonly startedAtUnixMs: number;
  /** When the end was reached or noticed: of an aborted call, subtract the moment the caller left. */
  readonly endedAtUnixMs: number;
  /** Of an aborted call: from the last write (or the start) until the caller's leaving was noticed. */
  readonly noticedAfterMs?: number;
}

/** How a call ended. */
export type AttemptOutcome = 'complete' | 'refused' | 'aborted' | 'faulted';

/** What the attempt log still holds. */
export interface AttemptLogState {
  /** Cursor of the newest record; 0 while there is none. Ask for what comes `after` it. */
  readonly newestCursor: number;
  /** Records dropped because the log was full. */
  readonly dropped: number;
}

/** One page of the attempt log, oldest first. */
export interface AttemptPage {
  readonly records: readonly AttemptRecord[];
  /** Ask for the next page `after` this. */
  readonly nextCursor: number;
  /** Records after the asked cursor that were dropped, for lack of room, before they could be read. */
  readonly lost: number;
}
