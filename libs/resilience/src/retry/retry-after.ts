import { parseHttpDate } from './http-date.ts';

/** Longest header value looked at; an HTTP date has at most 33 characters. */
const MAX_LENGTH = 64;
const DECIMAL = /^\d+(?:\.\d+)?$/;

/**
 * `Retry-After` (RFC 9110 §10.2.3) as a delay from now in ms, ≥0; undefined when absent or malformed.
 *
 * Takes whole seconds and the three HTTP date forms, and fractions of a second, which providers send although the
 * RFC has none. A date in the past is 0. Not capped: the caller knows its deadline; absurdly large numbers are
 * answered as `Number.MAX_SAFE_INTEGER`.
 *
 * @param wallNowMs the present wall time in ms since 1970.
 */
export function parseRetryAfter(value: string | undefined, wallNowMs: number): number | undefined {
  const text = bounded(value);
  if (text === undefined) return undefined;
  if (DECIMAL.test(text)) return saturated(Number(text) * 1000);
  const atMs = parseHttpDate(text, wallNowMs);
  return atMs === undefined ? undefined : Math.max(0, atMs - wallNowMs);
}

/**
 * `retry-after-ms`, the header of OpenAI and Azure OpenAI, as a delay in ms, ≥0; undefined when absent or malformed.
 * Same bounds as `parseRetryAfter`.
 */
export function parseRetryAfterMs(value: string | undefined): number | undefined {
  const text = bounded(value);
  return text !== undefined && DECIMAL.test(text) ? saturated(Number(text)) : undefined;
}

/** The delay a response asks for, in ms: `retry-after-ms` where it is valid, because it is finer, else `retry-after`. */
export function retryAfterFromHeaders({
  retryAfterMs,
  retryAfter,
  wallNowMs,
}: {
  retryAfterMs: string | undefined;
  retryAfter: string | undefined;
  wallNowMs: number;
}): number | undefined {
  return parseRetryAfterMs(retryAfterMs) ?? parseRetryAfter(retryAfter, wallNowMs);
}

function bounded(value: string | undefined): string | undefined {
  return value === undefined || value.length > MAX_LENGTH ? undefined : value.trim();
}

function saturated(delayMs: number): number {
  return Math.min(delayMs, Number.MAX_SAFE_INTEGER);
}
