import {
  type Experiment,
  ExperimentMetric,
  type ExperimentResults,
  type MeanEstimate,
  type VariantResult,
} from '@switchyard/contracts/routing';
import { isSticky } from './group-of.ts';
import {
  compareSequentially,
  MIN_GROUPS,
  MIN_OBSERVATIONS,
  type Moments,
  meanOf,
  type Sample,
} from './sequential-test.ts';

/** What was counted of one variant, over all replicas. */
export interface VariantTally {
  /** Requests that have ended, those that callers cancelled left out. */
  readonly requests: number;
  readonly failures: number;
  /** Cost of answered requests in nano-USD. */
  readonly cost: Moments;
  /** Time to the end of answered requests in milliseconds. */
  readonly latency: Moments;
  /** The same by groups of keys; absent where each request is drawn for itself. */
  readonly groups?: readonly VariantTally[] | undefined;
}

/** Significance of an experiment that sets none. */
export const DEFAULT_SIGNIFICANCE = 0.05;

const METHOD =
  'mixture sequential probability ratio test (Johari et al., Always Valid Inference, 2022): valid however often it is ' +
  `looked at; needs ${MIN_OBSERVATIONS} observations of each side; several variants share the significance (Bonferroni)`;
const STICKY_METHOD =
  `${METHOD}; requests of one key are alike, so the variance is that between groups of keys (Cochran, Sampling Techniques, ` +
  `1977, §9A), of which it needs ${MIN_GROUPS} on each side`;

/** What an experiment has found, from what was counted of its variants. */
export function experimentResults(
  { variants, metric, stickyBy, significance = DEFAULT_SIGNIFICANCE }: Experiment,
  tallies: ReadonlyMap<string, VariantTally>,
): ExperimentResults {
  const level = significance / Math.max(1, variants.length - 1);
  const sticky = isSticky(stickyBy);
  const tallyOf = (name: string): VariantTally => {
    const { groups = [], ...tally } = tallies.get(name) ?? NOTHING;
    return sticky ? { ...tally, groups } : tally;
  };
  const [control = '', ...others] = variants.map(({ name }) => name);
  const results = [
    resultOf(control, tallyOf(control)),
    ...others.map((name) => resultOf(name, tallyOf(name), { control: tallyOf(control), level })),
  ];
  return {
    variants: results,
    winner: winnerOf(results, { metric, level }),
    method: sticky ? STICKY_METHOD : METHOD,
  };
}

const NO_MOMENTS: Moments = { count: 0, sum: 0, sumOfSquares: 0 };
const NOTHING: VariantTally = { requests: 0, failures: 0, cost: NO_MOMENTS, latency: NO_MOMENTS };

interface Against {
  readonly control: VariantTally;
  readonly level: number;
}

function resultOf(name: string, tally: VariantTally, against?: Against): VariantResult {
  const estimate = (quantity: (tally: VariantTally) => Moments) => estimateOf(quantity, tally, against);
  return {
    name,
    requests: BigInt(tally.requests),
    failures: BigInt(tally.failures),
    costNanoUsd: estimate(({ cost }) => cost),
    latencyMs: estimate(({ latency }) => latency),
    // Of zeros and ones the sum of squares is the sum.
    errorRate: estimate(({ requests, failures }) => ({
      count: requests,
      sum: failures,
      sumOfSquares: failures,
    })),
  };
}

function estimateOf(
  quantity: (tally: VariantTally) => Moments,
  tally: VariantTally,
  against: Against | undefined,
): MeanEstimate {
  const moments = quantity(tally);
  const compared =
    against === undefined
      ? undefined
      : compareSequentially(sampleOf(quantity, against.control), sampleOf(quantity, tally), against.level);
  return {
    count: BigInt(moments.count),
    mean: moments.count === 0 ? undefined : meanOf(moments),
    difference: compared?.difference,
    margin: compared?.margin,
    pValue: compared?.pValue,
  };
}

/** Groups without an observation tell nothing. */
const sampleOf = (quantity: (tally: VariantTally) => Moments, tally: VariantTally): Sample => ({
  ...quantity(tally),
  groups: tally.groups?.map(quantity).filter(({ count }) => count > 0),
});

/** The best of the variants that are better than the control; the control where every other is worse. */
function winnerOf(
  results: readonly VariantResult[],
  { metric, level }: { readonly metric: ExperimentMetric; readonly level: number },
): string {
  const [control, ...others] = results.map((result) => ({ name: result.name, ...metricOf(result, metric) }));
  const found = others.filter(({ pValue }) => pValue !== undefined && pValue <= level);
  const better = found.filter(({ difference = 0 }) => difference < 0);
  if (better.length > 0)
    return better.reduce((best, next) => ((next.difference ?? 0) < (best.difference ?? 0) ? next : best))
      .name;
  return found.length === others.length && others.length > 0 ? (control?.name ?? '') : '';
}

function metricOf(result: VariantResult, metric: ExperimentMetric): MeanEstimate | undefined {
  switch (metric) {
    case ExperimentMetric.LATENCY:
      return result.latencyMs;
    case ExperimentMetric.ERROR_RATE:
      return result.errorRate;
    default:
      return result.costNanoUsd;
  }
}
