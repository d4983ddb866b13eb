import type { LedgerEntry as LedgerEntryMessage, ListLedgerEntriesRequest } from '@switchyard/contracts/cost';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { type Period, readPeriod } from '../period.ts';
import { type EntriesCursor, parsePageToken } from './page-token.ts';

/** Which entries to list. */
export interface EntriesQuery {
  readonly period: Period;
  /** Only of this request; undefined: of all. */
  readonly requestId: string | undefined;
  /** Only what comes after this one in the list, which is newest first. */
  readonly after: EntriesCursor | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
}

/** An entry as it is listed. */
export type ListedEntry = LedgerEntryMessage;

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;
const MAX_REQUEST_ID = 512;

/** Reads a request; whose entries it is about is not decided here. Later pages keep the first one's period. */
export function readEntriesQuery(
  request: ListLedgerEntriesRequest,
  nowMs: number,
): Result<EntriesQuery, FieldViolation> {
  const { requestId, pageSize, pageToken } = request;
  if (pageSize < 0 || pageSize > MAX_PAGE) {
    return err({ field: 'page_size', description: `must be from 1 to ${MAX_PAGE}` });
  }
  if (requestId.length > MAX_REQUEST_ID || requestId.includes('\0')) {
    return err({
      field: 'request_id',
      description: `must have at most ${MAX_REQUEST_ID} characters and no NUL`,
    });
  }
  const page = pageToken === '' ? undefined : parsePageToken(pageToken);
  if (pageToken !== '' && page === undefined) {
    return err({ field: 'page_token', description: 'must be a next_page_token of an earlier answer' });
  }
  const period = page === undefined ? readPeriod(request, nowMs) : ok(page.period);
  if (!period.ok) return period;
  return ok({
    period: period.value,
    requestId: requestId || undefined,
    after: page?.after,
    limit: pageSize || DEFAULT_PAGE,
  });
}
