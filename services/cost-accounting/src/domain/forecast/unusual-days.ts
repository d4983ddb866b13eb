import { findAnomalies } from './find-anomalies.ts';

const DAY_MS = 24 * 3_600_000;
const WEEK = 7;
/** Below three weeks what is usual on a day of the week is not known. */
const LEAST_DAYS = 21;

/** What one tenant spent by day, in nano-USD; a day without usage need not be there. */
export interface SpentByDay {
  readonly spent: ReadonlyMap<string, bigint>;
  /** Begin of the day that is under way, in UTC. */
  readonly todayMs: number;
  /** Most days of the past. */
  readonly historyDays: number;
}

/** A day on which far more or less was spent than is usual on its day of the week. */
export interface UnusualSpending {
  /** As 2026-11-03. */
  readonly day: string;
  readonly amountNanoUsd: bigint;
  readonly usualNanoUsd: bigint;
}

/** Less than a cent more or less is nobody's concern. */
const LEAST_NANO_USD = 10_000_000n;

/** Whether yesterday was unlike other days, and whether today is already by more than is usual: what is still to come can only add to that. */
export function unusualDays({ spent, todayMs, historyDays }: SpentByDay): UnusualSpending[] {
  const days = Array.from({ length: historyDays + 1 }, (_, i) => dayOf(todayMs - (historyDays - i) * DAY_MS));
  const first = days.findIndex((day) => (spent.get(day) ?? 0n) > 0n);
  const known = first === -1 ? [] : days.slice(first);
  const [yesterday, today] = known.slice(-2);
  if (known.length <= LEAST_DAYS || yesterday === undefined || today === undefined) return [];
  const past = known.slice(0, -1);
  return [
    ...anomalyOn(yesterday, past, spent),
    ...anomalyOn(today, known, spent).filter(
      ({ amountNanoUsd, usualNanoUsd }) => amountNanoUsd > usualNanoUsd,
    ),
  ];
}

function anomalyOn(
  day: string,
  days: readonly string[],
  spent: ReadonlyMap<string, bigint>,
): UnusualSpending[] {
  const amountOf = (one: string) => spent.get(one) ?? 0n;
  const found = findAnomalies(
    days.map((one) => Number(amountOf(one))),
    WEEK,
  ).find(({ at }) => days[at] === day);
  if (found === undefined) return [];
  const [amountNanoUsd, usualNanoUsd] = [amountOf(day), BigInt(Math.round(found.usual))];
  const off = amountNanoUsd - usualNanoUsd;
  return off < LEAST_NANO_USD && -off < LEAST_NANO_USD ? [] : [{ day, amountNanoUsd, usualNanoUsd }];
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
