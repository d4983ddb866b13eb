/** A series smoothed: where it stands, and how wrong it was on the way. Estimates, so plain numbers: no money is charged by them. */
export interface Smoothed {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly level: number;
  readonly trend: number;
  /** What each step of a season adds, the next step first. */
  readonly season: readonly number[];
  /** Errors of one step ahead, of each value after the first season. */
  readonly errors: readonly number[];
}

const GRID = [0.05, 0.15, 0.3, 0.5, 0.8];
const TREND_GRID = [0, 0.05, 0.15];

/**
 * Additive Holt-Winters smoothing, with the parameters of a small grid that had the least squared error of one step ahead. Without a season
 * (length 1) it is Holt's linear method.
 *
 * Source: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 8.3.
 *
 * @param values at least two seasons of them, oldest first
 */
export function smooth(values: readonly number[], seasonLength: number): Smoothed {
  let best: Smoothed | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const alpha of GRID)
    for (const beta of TREND_GRID)
      for (const gamma of seasonLength > 1 ? GRID : [0]) {
        const found = smoothWith(values, { alpha, beta, gamma, seasonLength });
        const squared = found.errors.reduce((sum, error) => sum + error * error, 0);
        if (squared < least) [best, least] = [found, squared];
      }
  // Values that are no numbers have no least error.
  return best ?? smoothWith(values, { alpha: 0.3, beta: 0, gamma: 0, seasonLength });
}

interface Parameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly seasonLength: number;
}

function smoothWith(values: readonly number[], { alpha, beta, gamma, seasonLength }: Parameters): Smoothed {
  const first = values.slice(0, seasonLength);
  const mean = first.reduce((sum, value) => sum + value, 0) / first.length;
  const season = seasonLength > 1 ? first.map((value) => value - mean) : [0];
  const errors: number[] = [];
  let level = mean;
  let trend = 0;
  for (const value of values.slice(seasonLength)) {
    const seasonal = season.shift() ?? 0;
    const error = value - (level + trend + seasonal);
    errors.push(error);
    level += trend + alpha * error;
    trend += alpha * beta * error;
    season.push(seasonal + gamma * (1 - alpha) * error);
  }
  return { alpha, beta, gamma, level, trend, season, errors };
}
