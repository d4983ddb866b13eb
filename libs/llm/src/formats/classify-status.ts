import type { ErrorClass } from './error-classes.ts';

const BY_STATUS: Readonly<Record<number, ErrorClass>> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'quota',
  403: 'permission',
  404: 'not_found',
  405: 'not_found',
  408: 'timeout',
  // Lock conflicts at the provider pass.
  409: 'overloaded',
  410: 'not_found',
  413: 'context_length',
  415: 'invalid_request',
  422: 'invalid_request',
  424: 'server_error',
  425: 'overloaded',
  429: 'rate_limited',
  // Groq: capacity of the flex tier exceeded.
  498: 'overloaded',
  499: 'cancelled',
  503: 'overloaded',
  // Anthropic: overloaded_error.
  529: 'overloaded',
};

/** What a status means where the body says nothing more. A status that is no error is an invalid_response. */
export function classifyStatus(status: number): ErrorClass {
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500 && status <= 599) return 'server_error';
  if (status >= 400 && status <= 499) return 'invalid_request';
  return 'invalid_response';
}
