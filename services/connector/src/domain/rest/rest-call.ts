import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import { numberText } from '../lossless-json.ts';
import { parseCallHeaders } from './call-headers.ts';
import { joinCallPath } from './call-path.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** A call of an API, checked. */
export interface RestCall {
  readonly method: (typeof METHODS)[number];
  /** Path and query as they go on the wire. */
  readonly target: string;
  /** Lower-case names. Content type included where there is a body. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: string | undefined;
}

/** Where a call goes to and which header its credential needs. */
export interface RestCallRules {
  readonly basePath: string;
  /** Lower case. */
  readonly credentialHeader: string;
}

const FIELDS = new Set(['method', 'path', 'query', 'headers', 'body']);
const MAX_QUERY_ENTRIES = 256;

/**
 * Reads `{"method", "path", "query", "headers", "body"}`.
 *
 * @throws INVALID_ARGUMENT naming the field
 */
export function parseRestCall(input: Readonly<Record<string, unknown>>, rules: RestCallRules): RestCall {
  for (const field of Object.keys(input)) if (!FIELDS.has(field)) throw wrong(field, 'is not known');
  const method = METHODS.find((candidate) => candidate === input.method);
  if (method === undefined) throw wrong('method', `must be one of ${METHODS.join(', ')}`);
  const { path = '' } = input;
  if (typeof path !== 'string') throw wrong('path', 'must be a text');
  const joined = joinCallPath(rules.basePath, path);
  if (!joined.ok) throw wrong('path', joined.error);
  const headers = parseCallHeaders(input.headers, rules.credentialHeader);
  if (!headers.ok) {
    const { name, problem } = headers.error;
    throw wrong(name === '' ? 'headers' : `headers.${name}`, problem);
  }
  const { body, contentType } = parseBody(input.body, method);
  return {
    method,
    target: `${joined.value}${parseQuery(input.query)}`,
    headers: { ...(contentType === undefined ? {} : { 'content-type': contentType }), ...headers.value },
    body,
  };
}

function parseBody(body: unknown, method: string): { body: string | undefined; contentType?: string } {
  if (body === undefined || body === null) return { body: undefined };
  if (method === 'GET' || method === 'HEAD') throw wrong('body', `is not allowed with ${method}`);
  if (typeof body === 'string') return { body, contentType: 'text/plain; charset=utf-8' };
  return { body: JSON.stringify(body), contentType: 'application/json' };
}

/** The query string with its question mark; '' where there is none. */
function parseQuery(query: unknown): string {
  if (query === undefined) return '';
  if (typeof query !== 'object' || query === null || Array.isArray(query)) {
    throw wrong('query', 'must be an object');
  }
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      const text =
        typeof item === 'boolean' ? String(item) : typeof item === 'string' ? item : numberText(item);
      if (text === undefined) {
        throw wrong(`query.${name}`, 'must be a text, a number, true, false or a list of these');
      }
      search.append(name, text);
    }
  }
  if (search.size > MAX_QUERY_ENTRIES) throw wrong('query', `has more than ${MAX_QUERY_ENTRIES} entries`);
  return search.size === 0 ? '' : `?${search}`;
}

function wrong(field: string, description: string): Error {
  const violation: FieldViolation = { field: `input_json.${field}`, description };
  return invalidArgument(violation);
}
