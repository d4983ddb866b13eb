import type { ServiceError } from '@switchyard/kernel';
import { describe, expect, test } from 'vitest';
import { parseLosslessJson } from '../lossless-json.ts';
import { parseRestCall } from './rest-call.ts';

const rules = { basePath: '/base', credentialHeader: 'x-api-key' };
const read = (input: Record<string, unknown>) => parseRestCall(input, rules);

function fieldOf(input: Record<string, unknown>): string | undefined {
  try {
    read(input);
    return undefined;
  } catch (error) {
    return (error as ServiceError).violations[0]?.field;
  }
}

test('method, path, query, headers and a JSON body are read', () => {
  const call = read({
    method: 'POST',
    path: '/users',
    query: { q: 'a b&c', n: 7, yes: true, tag: ['x', 'y'] },
    headers: { 'X-Trace': '1' },
    body: { name: 'ü' },
  });
  expect(call).toEqual({
    method: 'POST',
    target: '/base/users?q=a+b%26c&n=7&yes=true&tag=x&tag=y',
    headers: { 'content-type': 'application/json', 'x-trace': '1' },
    body: '{"name":"ü"}',
  });
});

test('a number that a double cannot hold goes on with every digit', () => {
  const input = parseLosslessJson(
    '{"method":"PUT","query":{"id":12345678901234567890},"body":{"n":0.12345678901234567890}}',
  );
  if (!input.ok) throw new Error(input.error);
  const call = read(input.value as Record<string, unknown>);
  expect(call.target).toBe('/base?id=12345678901234567890');
  expect(call.body).toBe('{"n":0.12345678901234567890}');
});

describe('headers that a caller may not set', () => {
  test.each([
    'authorization',
    'Authorization',
    'proxy-authorization',
    'Proxy-Connection',
    'cookie',
    'host',
    'Host',
    'connection',
    'keep-alive',
    'te',
    'trailer',
    'transfer-encoding',
    'Transfer-Encoding',
    'upgrade',
    'content-length',
    'expect',
    'accept-encoding',
    'forwarded',
    'X-Forwarded-For',
    'x-forwarded-host',
    'X-Real-IP',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-HTTP-Method-Override',
    'x_forwarded_for',
    'X_HTTP_Method_Override',
    'x-original_url',
    'CF-Connecting-IP',
    'True-Client-IP',
    'Via',
    'X-API-Key',
    'x api key',
    'x-injected\r\nauthorization',
    'authorization ',
  ])('%j', (name) => {
    expect(fieldOf({ method: 'GET', headers: { [name]: 'x' } })).toBe(`input_json.headers.${name}`);
  });
});

test.each([
  [{ method: 'get' }, 'input_json.method'],
  [{ method: 'CONNECT' }, 'input_json.method'],
  [{ method: 'TRACE' }, 'input_json.method'],
  [{}, 'input_json.method'],
  [{ method: 'GET', path: '/../x' }, 'input_json.path'],
  [{ method: 'GET', path: 7 }, 'input_json.path'],
  [{ method: 'GET', query: 'a=b' }, 'input_json.query'],
  [{ method: 'GET', query: { a: { b: 1 } } }, 'input_json.query.a'],
  [{ method: 'GET', query: { a: null } }, 'input_json.query.a'],
  [{ method: 'GET', headers: [] }, 'input_json.headers'],
  [{ method: 'GET', headers: { '': 'x' } }, 'input_json.headers'],
  [{ method: 'GET', headers: { 'x-a': 'b\r\nc: d' } }, 'input_json.headers.x-a'],
  [{ method: 'GET', headers: { 'x-a': 7 } }, 'input_json.headers.x-a'],
  [{ method: 'GET', headers: { 'x-a': '1', 'X-A': '2' } }, 'input_json.headers.X-A'],
  [{ method: 'GET', body: 'x' }, 'input_json.body'],
  [{ method: 'GET', url: 'https://evil.example' }, 'input_json.url'],
])('%j is refused at %s', (input, field) => {
  expect(fieldOf(input)).toBe(field);
});
