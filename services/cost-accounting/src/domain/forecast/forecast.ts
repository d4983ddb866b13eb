import { type Smoothed, smooth } from './holt-winters.ts';

/** What is expected, and the interval that should hold four of five outcomes. */
export interface Expected {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A forecast, step by step, each with the sum of all steps up to it. */
export interface Forecast {
  readonly steps: readonly Expected[];
  readonly sums: readonly Expected[];
}

/** Values that there must be. */
export const LEAST_HISTORY = 4;
/** Quantile of the normal distribution for an interval of 80 %. */
const Z = 1.2816;

/**
 * Forecasts a series of amounts from 0. A season counts where three of them are there.
 *
 * Intervals: an error moves the level, the trend and the season of all steps after it, so that the error of step h, and that of a sum of
 * steps, are weighted sums of independent errors of one step.
 * Source: Hyndman et al., Forecasting with Exponential Smoothing (2008), section 6.2: class 1 models, c_j = α + αβj + γ(1−α)·[m divides j].
 *
 * @param values at least {@link LEAST_HISTORY}, oldest first
 */
export function forecast(
  values: readonly number[],
  { seasonLength, steps }: { readonly seasonLength: number; readonly steps: number },
): Forecast {
  const length = values.length >= 3 * seasonLength ? seasonLength : 1;
  const smoothed = smooth(values, length);
  const { level, trend, season, errors } = smoothed;
  const variance = errors.reduce((sum, error) => sum + error * error, 0) / Math.max(1, errors.length - 1);
  const means = Array.from({ length: steps }, (_, i) =>
    Math.max(0, level + (i + 1) * trend + (season[i % length] ?? 0)),
  );
  const reach = reachOf(smoothed, { length, steps });
  let sum = 0;
  let stepSpread = 0;
  let sumSpread = 0;
  const stepsExpected: Expected[] = [];
  const sums: Expected[] = [];
  for (const [i, mean] of means.entries()) {
    sum += mean;
    // An error i steps before this one has the weight c_i in it, and in the sum that of all steps from itself on.
    const weight = i === 0 ? 1 : (reach[i] ?? 0);
    const total = reach.slice(1, i + 1).reduce((all, one) => all + one, 1);
    stepSpread += weight * weight;
    sumSpread += total * total;
    stepsExpected.push(interval(mean, Z * Math.sqrt(variance * stepSpread)));
    sums.push(interval(sum, Z * Math.sqrt(variance * sumSpread)));
  }
  return { steps: stepsExpected, sums };
}

function reachOf(
  { alpha, beta, gamma }: Smoothed,
  { length, steps }: { length: number; steps: number },
): number[] {
  return Array.from(
    { length: steps },
    (_, j) => alpha + alpha * beta * j + (length > 1 && j % length === 0 ? gamma * (1 - alpha) : 0),
  );
}

const interval = (mean: number, half: number): Expected => ({
  mean,
  low: Math.max(0, mean - half),
  high: mean + half,
});

/** The first step, from 0, with which a limit is passed; undefined where none is. */
export function passes(sums: readonly number[], left: number): number | undefined {
  const at = sums.findIndex((sum) => sum > left);
  return at === -1 ? undefined : at;
}
