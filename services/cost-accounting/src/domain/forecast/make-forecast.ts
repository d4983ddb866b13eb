import type { Anomaly } from './find-anomalies.ts';
import { findAnomalies } from './find-anomalies.ts';
import { type Expected, forecast, LEAST_HISTORY, passes } from './forecast.ts';

const DAY_MS = 24 * 3_600_000;
const WEEK = 7;

/** What was used on the days before, and of what there is a limit. */
export interface ForecastBasis {
  /** By day such as `2026-11-03`; a day without usage need not be there. */
  readonly usedByDay: ReadonlyMap<string, number>;
  /** The first day to forecast, as its begin in UTC; all before it are over. */
  readonly fromMs: number;
  /** Days to forecast, from 1. */
  readonly days: number;
  /** Most days of the past. */
  readonly historyDays: number;
  /** What is left of a limit as `fromMs` begins; undefined without one. */
  readonly left: number | undefined;
}

/** A day that is to come. */
export interface ForecastDay {
  readonly day: string;
  readonly expected: Expected;
}

/** What is to be expected. */
export interface MadeForecast {
  readonly days: readonly ForecastDay[];
  readonly total: Expected;
  /** When the limit is passed: as expected, and at the earliest and latest of four of five outcomes. Undefined: not in these days. */
  readonly runsOut: {
    readonly expected: string | undefined;
    readonly earliest: string | undefined;
    readonly latest: string | undefined;
  };
  /** Days of the past that were unlike others. */
  readonly anomalies: readonly (Anomaly & { readonly day: string })[];
}

/** Forecasts days from those before, which begin with the first that has usage. @returns undefined where these are too few */
export function makeForecast({
  usedByDay,
  fromMs,
  days,
  historyDays,
  left,
}: ForecastBasis): MadeForecast | undefined {
  const past = Array.from({ length: historyDays }, (_, i) => dayOf(fromMs - (historyDays - i) * DAY_MS));
  const first = past.findIndex((day) => (usedByDay.get(day) ?? 0) > 0);
  const known = first === -1 ? [] : past.slice(first);
  if (known.length < LEAST_HISTORY) return undefined;
  const values = known.map((day) => usedByDay.get(day) ?? 0);
  const { steps, sums } = forecast(values, { seasonLength: WEEK, steps: days });
  const dayAt = (at: number | undefined) => (at === undefined ? undefined : dayOf(fromMs + at * DAY_MS));
  const passedBy = (bound: keyof Expected) =>
    left === undefined
      ? undefined
      : dayAt(
          passes(
            sums.map((sum) => sum[bound]),
            left,
          ),
        );
  return {
    days: steps.map((expected, i) => ({ day: dayOf(fromMs + i * DAY_MS), expected })),
    total: sums.at(-1) ?? { mean: 0, low: 0, high: 0 },
    runsOut: { expected: passedBy('mean'), earliest: passedBy('high'), latest: passedBy('low') },
    anomalies: findAnomalies(values, WEEK).map((anomaly) => ({ ...anomaly, day: known[anomaly.at] ?? '' })),
  };
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
