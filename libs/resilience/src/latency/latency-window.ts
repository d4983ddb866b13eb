import { failuresOf, type Observation } from './observation.ts';
import { ObservationRecorder } from './observation-recorder.ts';
import { continueRun, NO_RUN, type Run, type SecondTally } from './second-tally.ts';
import { summarize, type WindowStatistics } from './window-statistics.ts';

/** The longest span, seconds. */
const MAX_SPAN_SECONDS = 3600;

/**
 * The outcomes and latencies of one target over the last `spanSeconds`, one entry a second, from this replica
 * (`recordSuccess`, `recordFailure`) or from several (`merge`).
 *
 * Memory: a finished second takes 10 bytes for each latency bucket it used and one entry for each error class, so a
 * target takes at most 300 × (405 × 10 + 33 × ~50) bytes ≈ 1.7 MB, and about 100 KB at a hundred calls a second.
 * Times are monotonic; one that is earlier than those before is counted in the newest second.
 */
export class LatencyWindow {
  readonly #finished: (SecondTally | undefined)[];
  readonly #present = new ObservationRecorder();
  #presentSecond = Number.NEGATIVE_INFINITY;
  /** The run at the end of what has left the window, so that slow traffic's failures in a row are not forgotten. */
  #runBefore: Run = NO_RUN;
  #lastSuccessAtMs: number | undefined;
  #lastFailureAtMs: number | undefined;

  /** @param spanSeconds whole, 1–3600; default 300. @throws RangeError outside. */
  constructor(spanSeconds = 300) {
    if (!Number.isInteger(spanSeconds) || spanSeconds < 1 || spanSeconds > MAX_SPAN_SECONDS) {
      throw new RangeError(`latency window spanSeconds: ${spanSeconds}`);
    }
    this.#finished = new Array<SecondTally | undefined>(spanSeconds).fill(undefined);
  }

  /** See `ObservationRecorder.recordSuccess`. */
  recordSuccess(latency: { latencyMs: number; totalLatencyMs: number }, nowMs: number): void {
    this.#advance(nowMs);
    this.#present.recordSuccess(latency);
    this.#lastSuccessAtMs = nowMs;
  }

  recordFailure(errorClass: string, nowMs: number): void {
    this.#advance(nowMs);
    this.#present.recordFailure(errorClass);
    this.#lastFailureAtMs = nowMs;
  }

  /** Adds what a replica saw, in the second of its arrival. From the bus: through `parseObservation` first. */
  merge(observation: Observation, nowMs: number): void {
    this.#advance(nowMs);
    this.#present.merge(observation);
    if (observation.successes > 0) this.#lastSuccessAtMs = nowMs;
    if (failuresOf(observation) > 0) this.#lastFailureAtMs = nowMs;
  }

  /**
   * How the target did in the last `spanSeconds`, the present second included.
   *
   * @param sinceMs leaves out everything up to the end of the second of this instant; default: nothing.
   */
  statistics(nowMs: number, sinceMs = Number.NEGATIVE_INFINITY): WindowStatistics {
    this.#advance(nowMs);
    let run = this.#runBefore;
    const counted: SecondTally[] = [];
    for (const [second, tally] of this.#oldestFirst()) {
      run = continueRun(run, tally);
      if (second > Math.floor(sinceMs / 1000)) counted.push(tally);
    }
    return summarize(counted, {
      ...run,
      lastSuccessAtMs: this.#lastSuccessAtMs,
      lastFailureAtMs: this.#lastFailureAtMs,
    });
  }

  *#oldestFirst(): Generator<[second: number, tally: SecondTally]> {
    const span = this.#finished.length;
    for (let second = this.#presentSecond - span + 1; second < this.#presentSecond; second += 1) {
      const tally = this.#finished[slotOf(second, span)];
      if (tally !== undefined) yield [second, tally];
    }
    if (!this.#present.isEmpty) yield [this.#presentSecond, this.#present.tally()];
  }

  /** Finishes the present second when time has moved on, and forgets those that leave the window. */
  #advance(nowMs: number): void {
    const now = Math.floor(nowMs / 1000);
    if (now <= this.#presentSecond) return;
    const span = this.#finished.length;
    if (!this.#present.isEmpty) {
      this.#finished[slotOf(this.#presentSecond, span)] = this.#present.tally();
      this.#present.clear();
    }
    // One round empties every slot, oldest first; the first call of all has nothing to empty.
    const steps = Number.isFinite(this.#presentSecond) ? Math.min(now - this.#presentSecond, span) : 0;
    for (let step = 1; step <= steps; step += 1) this.#forget(slotOf(this.#presentSecond + step, span));
    this.#presentSecond = now;
  }

  #forget(slot: number): void {
    const tally = this.#finished[slot];
    if (tally === undefined) return;
    this.#runBefore = continueRun(this.#runBefore, tally);
    this.#finished[slot] = undefined;
  }
}

function slotOf(second: number, span: number): number {
  return ((second % span) + span) % span;
}
