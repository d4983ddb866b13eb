/** What was seen at a moment. */
export interface Point {
  /** In milliseconds, after whatever. */
  readonly atMs: number;
  readonly value: number;
}

const HOUR_MS = 3_600_000;

/** By how many percent of their mean some values grow in an hour, by least squares; undefined for fewer than two moments. */
export function slopePerHour(points: readonly Point[]): number | undefined {
  const meanAt = meanOf(points.map(({ atMs }) => atMs));
  const mean = meanOf(points.map(({ value }) => value));
  let together = 0;
  let apart = 0;
  for (const { atMs, value } of points) {
    together += (atMs - meanAt) * (value - mean);
    apart += (atMs - meanAt) ** 2;
  }
  return apart === 0 ? undefined : ((together / apart) * HOUR_MS * 100) / mean;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
