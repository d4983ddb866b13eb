import type { Period } from '../period.ts';

/** The last entry of a page. */
export interface EntriesCursor {
  readonly occurredAtMs: number;
  readonly outboxId: string;
  readonly sequence: number;
}

/** Where a list goes on. */
export interface EntriesPage {
  readonly period: Period;
  readonly after: EntriesCursor;
}

/** Most characters of a token; ours are shorter. */
const MAX_TOKEN = 1_024;

/** A page as a text that callers hand back unread. It says nothing that its caller may not know. */
export function formatPageToken({ period, after }: EntriesPage): string {
  const { occurredAtMs, outboxId, sequence } = after;
  const parts = [period.fromMs, period.toMs, occurredAtMs, sequence, outboxId];
  return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
}

/** Reads back what {@link formatPageToken} wrote; undefined for anything else. */
export function parsePageToken(token: string): EntriesPage | undefined {
  if (token.length > MAX_TOKEN) return undefined;
  const parts = parseJson(Buffer.from(token, 'base64url').toString('utf8'));
  if (!Array.isArray(parts) || parts.length !== 5) return undefined;
  const [fromMs, toMs, occurredAtMs, sequence, outboxId] = parts as unknown[];
  if (!isTime(fromMs) || !isTime(toMs) || !isTime(occurredAtMs) || !isCount(sequence)) return undefined;
  if (typeof outboxId !== 'string' || outboxId.includes('\0')) return undefined;
  return { period: { fromMs, toMs }, after: { occurredAtMs, sequence, outboxId } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A whole number from 0: a sequence. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Up to the year 9999: what is in a token reaches the database as a time. */
function isTime(value: unknown): value is number {
  return isCount(value) && value <= Date.UTC(9999, 0, 1);
}
