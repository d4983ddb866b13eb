/** When a value is bad. */
export interface AlertCondition {
  /** Whether it is bad from the threshold on, or below it. */
  readonly bad: 'from' | 'below';
  readonly threshold: number;
  /**
   * Where it is good again: below this one, or from it on. On the good side of the threshold or the same; what lies between them
   * is neither bad nor good, so that a value that swings around the threshold does not fire again and again.
   */
  readonly resolveThreshold: number;
}

/** What a value says; `unknown` where there is none. */
export type Verdict = 'bad' | 'between' | 'good' | 'unknown';

/** Judges a value. @param value undefined where it is not known */
export function judgeValue(
  value: number | undefined,
  { bad, threshold, resolveThreshold }: AlertCondition,
): Verdict {
  if (value === undefined || Number.isNaN(value)) return 'unknown';
  const isBad = bad === 'from' ? value >= threshold : value < threshold;
  if (isBad) return 'bad';
  const isGood = bad === 'from' ? value < resolveThreshold : value >= resolveThreshold;
  return isGood ? 'good' : 'between';
}

/** Whether the two thresholds of a condition are in order. */
export const isOrdered = ({ bad, threshold, resolveThreshold }: AlertCondition): boolean =>
  bad === 'from' ? resolveThreshold <= threshold : resolveThreshold >= threshold;
