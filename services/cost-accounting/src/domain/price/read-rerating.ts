import type { RerateUsageRequest } from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { type Period, readPeriod } from '../period.ts';
import { pricesOfTerm, priceViolations } from './read-price-term.ts';
import type { Correction } from './rerate.ts';

const MAX_REASON = 500;
const MAX_PPM = 1_000_000;

/** Which calls are corrected, and how. */
export interface Rerating {
  readonly period: Period;
  /** '' is all, as of the next two. */
  readonly tenant: string;
  readonly provider: string;
  readonly model: string;
  readonly correction: Correction;
  readonly reason: string;
}

/** Reads what is to be corrected; all that is wrong is named by its field. */
export function readRerating(
  request: RerateUsageRequest,
  nowMs: number,
): Result<Rerating, readonly [FieldViolation, ...FieldViolation[]]> {
  const { startTime, endTime, tenant, provider, model, discountPpm, prices, reason } = request;
  const wrong = (field: string, isRight: boolean, description: string): FieldViolation[] =>
    isRight ? [] : [{ field, description }];
  const [first, ...further] = [
    ...wrong('start_time', startTime !== undefined, 'is required'),
    ...wrong(
      'end_time',
      endTime !== undefined && endTime.getTime() <= nowMs,
      'is required, and must not be in the future',
    ),
    ...wrong('discount_ppm', discountPpm <= MAX_PPM, `must be from 0 to ${MAX_PPM}, in parts per million`),
    ...priceViolations({ prices, discountPpm, provider, model }),
    ...wrong(
      'reason',
      reason !== '' && reason.length <= MAX_REASON && !reason.includes('\0'),
      `is required, of at most ${MAX_REASON} characters and no NUL`,
    ),
  ];
  if (first !== undefined || startTime === undefined || endTime === undefined)
    return err([first as FieldViolation, ...further]);
  const period = readPeriod({ startTime, endTime }, nowMs);
  if (!period.ok) return err([period.error]);
  const correction = { discountPpm, prices: pricesOfTerm(prices) };
  return ok({ period: period.value, tenant, provider, model, correction, reason });
}
