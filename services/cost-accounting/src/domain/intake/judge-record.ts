import { UsageRecord } from '@switchyard/contracts/events';
import { err, ok, type Result } from '@switchyard/kernel';
import { bookUsage, LEDGER_LINES } from '../ledger/book-usage.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { findInvalidField } from './find-invalid-field.ts';
import type { Poison } from './poison.ts';
import { findRatingMismatch } from './verify-rating.ts';

/** 2020-01-01: nothing that Switchyard did is older; a wrong clock must not make a partition for every day since 1970. */
const EARLIEST_MS = Date.UTC(2020, 0, 1);
/** How far a producer's clock may be ahead. */
const MAX_AHEAD_MS = 24 * 3_600_000;

/** Reads one record and decides whether it can be booked. The answer is the same whenever it comes. */
export function judgeRecord(bytes: Uint8Array, nowMs: number): Result<LedgerEntry, Poison> {
  const record = decode(bytes);
  if (record instanceof Error) return poison('unreadable_record', record.message);
  const line = LEDGER_LINES.get(record.line);
  if (line === undefined) return poison('line_unknown', `line is ${record.line}`);
  if (record.tenant === '') return poison('tenant_missing', 'tenant is empty');
  const invalid = findInvalidField(record);
  if (invalid !== undefined) return poison('invalid_record', invalid);
  const occurredAtMs = record.occurredAt?.getTime();
  if (occurredAtMs === undefined) return poison('invalid_record', 'occurredAt is missing');
  if (!(occurredAtMs >= EARLIEST_MS && occurredAtMs <= nowMs + MAX_AHEAD_MS)) {
    return poison('time_out_of_range', `occurredAt is ${occurredAtMs} ms since 1970`);
  }
  const mismatch = findRatingMismatch(record, line);
  if (mismatch !== undefined) return poison('rating_mismatch', mismatch);
  return ok(bookUsage(record, { line, occurredAtMs }));
}

function decode(bytes: Uint8Array): UsageRecord | Error {
  try {
    return UsageRecord.decode(bytes);
  } catch (error) {
    return error as Error;
  }
}

const poison = (reason: Poison['reason'], detail: string): Result<never, Poison> => err({ reason, detail });
