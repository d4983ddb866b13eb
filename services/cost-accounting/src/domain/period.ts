import { err, ok, type Result } from '@switchyard/kernel';

/** A stretch of time, from its begin up to and without its end, in wall milliseconds. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 24 * 3_600_000;
const MAX_DAYS = 366;
/** What Postgres and JavaScript both can hold, with room to spare. */
const MIN_MS = Date.UTC(1970, 0, 1);
const MAX_MS = Date.UTC(9999, 0, 1);

/** The period that a request names: the end defaults to now, the begin to 24 hours before the end. */
export function readPeriod(
  { startTime, endTime }: { readonly startTime: Date | undefined; readonly endTime: Date | undefined },
  nowMs: number,
): Result<Period, { readonly field: string; readonly description: string }> {
  const toMs = endTime?.getTime() ?? nowMs;
  const fromMs = startTime?.getTime() ?? toMs - DAY_MS;
  if (!isInRange(toMs)) return err({ field: 'end_time', description: 'must lie between 1970 and 9999' });
  if (!isInRange(fromMs)) return err({ field: 'start_time', description: 'must lie between 1970 and 9999' });
  if (fromMs >= toMs) return err({ field: 'start_time', description: 'must be before end_time' });
  if (toMs - fromMs > MAX_DAYS * DAY_MS) {
    return err({ field: 'start_time', description: `must be at most ${MAX_DAYS} days before end_time` });
  }
  return ok({ fromMs, toMs });
}

const isInRange = (ms: number): boolean => ms >= MIN_MS && ms <= MAX_MS;
