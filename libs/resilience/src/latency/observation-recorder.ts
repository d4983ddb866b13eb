import { ErrorClassCounts } from './error-class-counts.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { failuresOf, type Observation } from './observation.ts';
import { mergedTrailingFailures, type SecondTally } from './second-tally.ts';

/** Counts the calls to one target until they are taken, once a second, to be sent or kept. */
export class ObservationRecorder {
  readonly #latency = new LatencyHistogram();
  readonly #failuresByClass = new ErrorClassCounts();
  #successes = 0;
  #failures = 0;
  #trailingFailures = 0;
  #totalLatencySumMs = 0;

  get isEmpty(): boolean {
    return this.#successes === 0 && this.#failures === 0;
  }

  /**
   * @param latencyMs time to the first token (for an answer in one piece: to its end), ms.
   * @param totalLatencyMs time to the end of the answer, ms.
   */
  recordSuccess({ latencyMs, totalLatencyMs }: { latencyMs: number; totalLatencyMs: number }): void {
    this.#latency.record(latencyMs);
    this.#successes += 1;
    this.#trailingFailures = 0;
    this.#totalLatencySumMs += Math.max(0, totalLatencyMs);
  }

  /** Latencies of failures are not kept: fast refusals would make a failing target look quick. */
  recordFailure(errorClass: string): void {
    this.#failuresByClass.add(errorClass, 1);
    this.#failures += 1;
    this.#trailingFailures += 1;
  }

  /** Adds what another replica saw in the same second. */
  merge(observation: Observation): void {
    const { successes, trailingFailures } = observation;
    const failures = failuresOf(observation);
    this.#trailingFailures = this.isEmpty
      ? trailingFailures
      : mergedTrailingFailures(this.#runCounts(), { successes, failures, trailingFailures });
    this.#successes += successes;
    this.#failures += failures;
    this.#totalLatencySumMs += observation.totalLatencySumMs;
    this.#latency.mergeBuckets(observation.latencyBuckets);
    for (const [errorClass, count] of Object.entries(observation.failures)) {
      this.#failuresByClass.add(errorClass, count);
    }
  }

  /** What was counted since the last time, to be sent; undefined when there was nothing. Counting begins anew. */
  take(): Observation | undefined {
    if (this.isEmpty) return undefined;
    const observation: Observation = {
      successes: this.#successes,
      failures: this.#failuresByClass.toRecord(),
      trailingFailures: this.#trailingFailures,
      latencyBuckets: this.#latency.toBuckets(),
      totalLatencySumMs: this.#totalLatencySumMs,
    };
    this.clear();
    return observation;
  }

  /** What has been counted so far, to be kept; counting goes on. */
  tally(): SecondTally {
    return {
      ...this.#runCounts(),
      failuresByClass: this.#failuresByClass.toRecord(),
      latency: this.#latency.toSparse(),
      totalLatencySumMs: this.#totalLatencySumMs,
    };
  }

  clear(): void {
    this.#latency.clear();
    this.#failuresByClass.clear();
    this.#successes = 0;
    this.#failures = 0;
    this.#trailingFailures = 0;
    this.#totalLatencySumMs = 0;
  }

  #runCounts(): Pick<SecondTally, 'successes' | 'failures' | 'trailingFailures'> {
    return {
      successes: this.#successes,
      failures: this.#failures,
      trailingFailures: this.#trailingFailures,
    };
  }
}
