import type { Check } from '../request/validate-requirements.ts';

/** Headers that a provider may state. */
const MAX_HEADERS = 32;
/** What names of headers are made of (RFC 9110, 5.6.2), in lower case. */
const NAME = /^[a-z0-9!#$%&'*+\-.^_`|~]{1,128}$/;
const VALUE = /^[\x20-\x7e]{1,1024}$/;

/** Headers that others answer for: the key, the connection, the body, the trace, and the attempt. */
const NOT_TAKEN = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  // Answers are read as they come.
  'accept-encoding',
  'traceparent',
  'tracestate',
]);
const NOT_TAKEN_PREFIX = /^(content|proxy|x-amz|x-switchyard)-/;

/** Checks the headers that a provider states. */
export function checkHeaders(headers: Readonly<Record<string, string>>, check: Check): void {
  const entries = Object.entries(headers);
  check(entries.length <= MAX_HEADERS, 'headers', `must be at most ${MAX_HEADERS}`);
  for (const [name, value] of entries.slice(0, MAX_HEADERS)) {
    if (!NAME.test(name)) {
      // What stands there may be anything, and is not repeated.
      check(false, 'headers', 'has a name that is not 1 to 128 lower-case characters of a header name');
      continue;
    }
    const field = `headers.${name}`;
    check(!isReserved(name), field, 'is set by Switchyard alone; a key belongs in credential_ref');
    check(VALUE.test(value), field, 'must have 1 to 1024 printable ASCII characters');
  }
}

const isReserved = (name: string): boolean => NOT_TAKEN.has(name) || NOT_TAKEN_PREFIX.test(name);
