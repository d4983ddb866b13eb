import { Temporal } from 'temporal-polyfill';

/** How long a budget lasts before it begins anew; `total`: for ever. */
export const PERIODS = ['minute', 'day', 'month', 'total'] as const;
export type Period = (typeof PERIODS)[number];

/** A time in which a budget counts what is spent. */
export interface BudgetWindow {
  /** Begin, inclusive, wall time in milliseconds; 0 for `total`. */
  readonly startMs: number;
  /** End, exclusive; Infinity for `total`. */
  readonly endMs: number;
}

/** When a budget's windows begin. */
export interface WindowRule {
  readonly period: Period;
  /** An IANA name, for example "Europe/Berlin": whose midnights days and months begin at. */
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId !== '';
  } catch {
    return false;
  }
}

/**
 * The window that an instant is in. Days and months begin at the first instant of their date, also where a change of the clocks
 * leaves out midnight or has it twice, so that a day lasts 23 to 25 hours. Minutes are those of UTC: no zone is off by less.
 */
export function windowAt({ period, timeZone }: WindowRule, wallMs: number): BudgetWindow {
  if (period === 'total') return { startMs: 0, endMs: Number.POSITIVE_INFINITY };
  if (period === 'minute') {
    const startMs = Math.floor(wallMs / MINUTE_MS) * MINUTE_MS;
    return { startMs, endMs: startMs + MINUTE_MS };
  }
  const date = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO(timeZone).toPlainDate();
  const first = period === 'day' ? date : date.with({ day: 1 });
  const next = first.add(period === 'day' ? { days: 1 } : { months: 1 });
  return { startMs: beginOf(first, timeZone), endMs: beginOf(next, timeZone) };
}

const beginOf = (date: Temporal.PlainDate, timeZone: string): number =>
  date.toZonedDateTime(timeZone).epochMilliseconds;
