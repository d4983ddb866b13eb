/** A value that is far from what is usual. */
export interface Anomaly {
  /** Its place in the series. */
  readonly at: number;
  readonly value: number;
  /** What is usual at this step of the season. */
  readonly usual: number;
  /** How many robust standard deviations it is off; never between −6 and 6. */
  readonly score: number;
}

/** Makes the median absolute deviation of normal values their standard deviation. */
const MAD_TO_SIGMA = 1.4826;
const THRESHOLD = 6;
/** Share of what is usual that a value must differ by: a steady series has hardly any deviation of its own. */
const LEAST_SHARE = 0.25;

/**
 * Values that are far off the median of their step of the season, measured by the median absolute deviation of all such residuals: neither
 * is moved by the outliers themselves.
 *
 * Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993); seasonal medians as in Twitter's S-H-ESD.
 *
 * @param values at least three seasons; fewer have no season
 */
export function findAnomalies(values: readonly number[], seasonLength: number): Anomaly[] {
  const length = values.length >= 3 * seasonLength ? seasonLength : 1;
  const usual = Array.from({ length }, (_, step) => median(values.filter((__, i) => i % length === step)));
  const residuals = values.map((value, i) => value - (usual[i % length] ?? 0));
  const centre = median(residuals);
  const sigma = MAD_TO_SIGMA * median(residuals.map((residual) => Math.abs(residual - centre)));
  const scale = median(values.map(Math.abs));
  return values.flatMap((value, at) => {
    const expected = usual[at % length] ?? 0;
    const off = value - expected;
    const spread = Math.max(sigma, (LEAST_SHARE * Math.max(Math.abs(expected), scale)) / THRESHOLD);
    const score = spread === 0 ? (off === 0 ? 0 : Math.sign(off) * Number.MAX_SAFE_INTEGER) : off / spread;
    return Math.abs(score) > THRESHOLD ? [{ at, value, usual: expected, score }] : [];
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
