import type { RetryAfter } from '../faults/fault.ts';

/** The headers that say when to come back. `unixMs` is now. */
export function retryAfterHeaders(
  retryAfter: RetryAfter | undefined,
  unixMs: number,
): Record<string, string> {
  if (retryAfter === undefined) return {};
  if (typeof retryAfter === 'number') return { 'retry-after': String(Math.ceil(retryAfter)) };
  switch (retryAfter.form) {
    case 'seconds':
      return { 'retry-after': String(Math.ceil(retryAfter.seconds)) };
    case 'http-date':
      // A date has whole seconds: round up, never call the caller back too early.
      return { 'retry-after': new Date(Math.ceil(unixMs / 1000 + retryAfter.seconds) * 1000).toUTCString() };
    case 'ms':
      return { 'retry-after-ms': String(Math.round(retryAfter.seconds * 1000)) };
    case 'body':
      return {};
    default:
      return retryAfter.form satisfies never;
  }
}

/** Seconds, whatever the form. */
export function retryAfterSeconds(retryAfter: RetryAfter | undefined): number | undefined {
  return typeof retryAfter === 'object' ? retryAfter.seconds : retryAfter;
}
