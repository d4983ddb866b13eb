import type { HeaderValue } from './header-value.ts';

const HEADER = 'cache-control';

/**
 * What the header Cache-Control of a request means for the cache; directives of other caches are passed over, as they must be.
 * Source: RFC 9111, 5.2.1
 */
export function readCacheControl(raw: string): HeaderValue[] {
  const values: HeaderValue[] = [];
  for (const directive of raw.toLowerCase().split(',')) {
    const [name = '', argument = ''] = directive.split('=', 2).map((part) => part.trim());
    if (name === 'no-store') values.push({ header: HEADER, path: ['cache', 'no_store'], value: true });
    const maxAge = name === 'no-cache' ? 0 : name === 'max-age' ? secondsOf(argument) : undefined;
    if (maxAge !== undefined)
      values.push({ header: HEADER, path: ['cache', 'max_age_seconds'], value: maxAge });
  }
  return values;
}

/** Undefined for what is no number of seconds. A number in quotes must not be sent, and is understood all the same. */
function secondsOf(argument: string): number | undefined {
  const digits = /^"?(\d{1,15})"?$/.exec(argument)?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), MAX_AGE_SECONDS);
}

/** 30 days: nothing is kept for longer. */
export const MAX_AGE_SECONDS = 2_592_000;
