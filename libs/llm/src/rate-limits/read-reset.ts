/** Longest header value that is looked at. */
const MAX_LENGTH = 64;
const DECIMAL = /^\d+(?:\.\d+)?$/;
/** A duration as Go writes it: "6m0s", "1h2m3.5s", "20ms". */
const DURATION = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
/** From here on a number is a time since 1970 in seconds (2001), and from there in milliseconds. */
const EPOCH_S = 1e9;
const EPOCH_MS = 1e12;

/** A count that is not negative; undefined where it is none. */
export function readNumber(value: string | undefined): number | undefined {
  const text = bounded(value);
  return text !== undefined && DECIMAL.test(text) ? Number(text) : undefined;
}

/**
 * When a limit is whole again, in ms from now, ≥0: a duration ("6m0s"), seconds, a time since 1970 in seconds or milliseconds,
 * or an RFC 3339 time; undefined where it is absent or none of them.
 */
export function readReset(value: string | undefined, wallNowMs: number): number | undefined {
  const text = bounded(value);
  if (text === undefined || text === '') return undefined;
  if (DECIMAL.test(text)) return fromNumber(Number(text), wallNowMs);
  if (RFC_3339.test(text)) {
    const atMs = Date.parse(text);
    return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - wallNowMs);
  }
  const parts = DURATION.exec(text);
  if (parts === null) return undefined;
  const [hours, minutes, seconds, milliseconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1_000 + (milliseconds ?? 0);
}

function fromNumber(value: number, wallNowMs: number): number {
  if (value >= EPOCH_MS) return Math.max(0, value - wallNowMs);
  if (value >= EPOCH_S) return Math.max(0, value * 1_000 - wallNowMs);
  return value * 1_000;
}

const bounded = (value: string | undefined): string | undefined =>
  value === undefined || value.length > MAX_LENGTH ? undefined : value.trim();
