/** What was measured of one quantity under one variant: enough for mean and variance, and sums over replicas. */
export interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What was measured of one side. */
export interface Sample extends Moments {
  /** The same by groups that are independent of each other, where observations are not; absent: each is. */
  readonly groups?: readonly Moments[] | undefined;
}

/** A comparison that may be looked at as often as one likes. */
export interface SequentialComparison {
  /** Mean of the variant minus mean of the control. */
  readonly difference: number;
  /** Half the width of the interval of the difference: it holds at every look at once. */
  readonly margin: number;
  /** Always-valid p-value: it goes below the level at any look with at most that probability where there is no difference. */
  readonly pValue: number;
}

/** Below so many observations of either side nothing is said: the normal approximation does not hold yet. */
export const MIN_OBSERVATIONS = 100;
/** Below so many groups of either side nothing is said: their variance is not known yet. */
export const MIN_GROUPS = 20;
/** Effects that the test is best at, as a share of one standard deviation. */
const EXPECTED_EFFECT = 0.1;

/**
 * Mixture sequential probability ratio test of two means, with the normal mixture.
 *
 * Source: Johari, Koomen, Pekelis, Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations Research
 * 70(3), 2022, §5 (two streams).
 *
 * @param level of the interval, for example 0.05
 * @returns undefined while there are too few observations or groups, or nothing varies
 */
export function compareSequentially(
  control: Sample,
  variant: Sample,
  level: number,
): SequentialComparison | undefined {
  if (!isEnough(control) || !isEnough(variant)) return undefined;
  const pooled = varianceOf(addMoments(control, variant));
  const v = Math.max(
    varianceOfMean(control) + varianceOfMean(variant),
    // A small side that has seen no rare event yet seems not to vary at all; both sides together know better.
    pooled * (1 / control.count + 1 / variant.count),
  );
  if (v <= 0) return undefined;
  const mixture = EXPECTED_EFFECT ** 2 * pooled;
  const difference = meanOf(variant) - meanOf(control);
  const logRatio = 0.5 * Math.log(v / (v + mixture)) + (difference ** 2 * mixture) / (2 * v * (v + mixture));
  const margin = Math.sqrt(
    ((2 * v * (v + mixture)) / mixture) * (0.5 * Math.log((v + mixture) / v) - Math.log(level)),
  );
  return { difference, margin, pValue: Math.min(1, Math.exp(-logRatio)) };
}

const isEnough = ({ count, groups }: Sample): boolean =>
  count >= MIN_OBSERVATIONS && (groups === undefined || groups.length >= MIN_GROUPS);

/**
 * How far a mean may be off. Of groups: by the residuals of their sums, as for a ratio of two sums; never less than if each
 * observation were independent.
 *
 * Source: Cochran, "Sampling Techniques", 3rd ed. 1977, §9A.2 (cluster sampling, ratio to size).
 */
function varianceOfMean(sample: Sample): number {
  const independent = varianceOf(sample) / sample.count;
  const { count, groups } = sample;
  if (groups === undefined) return independent;
  const mean = meanOf(sample);
  const squares = groups.reduce((sum, group) => sum + (group.sum - mean * group.count) ** 2, 0);
  const corrected = (squares * groups.length) / (groups.length - 1);
  return Math.max(independent, corrected / count ** 2);
}

/** What was measured by both. */
export const addMoments = (a: Moments, b: Moments): Moments => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  sumOfSquares: a.sumOfSquares + b.sumOfSquares,
});

/** The mean; NaN without observations. */
export const meanOf = ({ count, sum }: Moments): number => sum / count;

/** Unbiased; sums of squares lose digits, so never below 0. */
export function varianceOf({ count, sum, sumOfSquares }: Moments): number {
  return Math.max(0, (sumOfSquares - sum ** 2 / count) / (count - 1));
}
