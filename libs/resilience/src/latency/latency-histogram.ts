import { bucketOf, LATENCY_SCALE, latencyOfBucket } from './latency-scale.ts';
import type { SparseHistogram } from './sparse-histogram.ts';

/** Bucket number on `LATENCY_SCALE` → count; what travels between replicas. */
export type LatencyBuckets = { readonly [bucket: number]: number };

/** Counts latencies on `LATENCY_SCALE`: constant memory (3.2 KB), merges without loss, quantiles within 2 %. */
export class LatencyHistogram {
  // Doubles, not 32-bit integers: merged counts of many replicas stay exact to 2^53 instead of wrapping round.
  readonly #counts = new Float64Array(LATENCY_SCALE.buckets);
  #count = 0;

  /** How many latencies have been counted. */
  get count(): number {
    return this.#count;
  }

  /** Counts one latency in ms. @throws RangeError for NaN. */
  record(latencyMs: number): void {
    if (Number.isNaN(latencyMs)) throw new RangeError('a latency is not a number');
    this.#add(bucketOf(latencyMs), 1);
  }

  /** Adds the counts of another replica. Numbers outside the scale are the caller's to refuse (`parseObservation`). */
  mergeBuckets(buckets: LatencyBuckets): void {
    for (const [bucket, count] of Object.entries(buckets)) this.#add(Number(bucket), count);
  }

  mergeSparse({ indexes, counts }: SparseHistogram): void {
    for (let k = 0; k < indexes.length; k += 1) this.#add(indexes[k] ?? 0, counts[k] ?? 0);
  }

  /**
   * The latency in ms that a share `q` of all values doesn't exceed (nearest rank); undefined when nothing was counted.
   *
   * @param q 0 < q ≤ 1; 0.99 for p99.
   */
  quantileMs(q: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(q * this.#count));
    let seen = 0;
    let bucket = 0;
    for (; bucket < this.#counts.length - 1; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) break;
    }
    return latencyOfBucket(bucket);
  }

  /** A copy of the filled buckets, to be kept. */
  toSparse(): SparseHistogram {
    const indexes = Uint16Array.from(this.#filled());
    return { indexes, counts: Float64Array.from(indexes, (bucket) => this.#counts[bucket] ?? 0) };
  }

  /** A copy of the filled buckets, to be sent. */
  toBuckets(): LatencyBuckets {
    return Object.fromEntries(this.#filled().map((bucket) => [bucket, this.#counts[bucket] ?? 0]));
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  #filled(): number[] {
    const filled: number[] = [];
    if (this.#count === 0) return filled;
    for (let bucket = 0; bucket < this.#counts.length; bucket += 1) {
      if (this.#counts[bucket] !== 0) filled.push(bucket);
    }
    return filled;
  }

  #add(bucket: number, count: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#count += count;
  }
}
