import { expect, test } from 'vitest';
import { originKey, parseOriginKey, parsePostgresEndpoint, parseRestEndpoint } from './endpoint.ts';

test.each([
  ['https://api.example.com', 'https', 'api.example.com', 443, ''],
  ['https://API.Example.COM/', 'https', 'api.example.com', 443, ''],
  ['https://api.example.com./v1/', 'https', 'api.example.com', 443, '/v1'],
  ['https://api.example.com:8443/v1/x', 'https', 'api.example.com', 8443, '/v1/x'],
  ['http://svc.internal/a%20b', 'http', 'svc.internal', 80, '/a%20b'],
  ['https://[2606:4700:4700:0::1111]/', 'https', '2606:4700:4700::1111', 443, ''],
])('%s is read', (text, scheme, host, port, basePath) => {
  expect(parseRestEndpoint(text)).toEqual({ ok: true, value: { scheme, host, port, basePath } });
});

test.each([
  ['another scheme', 'ftp://api.example.com/'],
  ['another scheme', 'file:///etc/passwd'],
  ['another scheme', 'gopher://127.0.0.1:6379/_x'],
  ['a user', 'https://user@api.example.com/'],
  ['a user and password', 'https://user:pass@api.example.com/'],
  ['a query', 'https://api.example.com/?x=1'],
  ['a fragment', 'https://api.example.com/#x'],
  ['dot segments', 'https://api.example.com/a/../b'],
  ['encoded dot segments', 'https://api.example.com/a/%2e%2e/b'],
  ['a backslash', 'https://api.example.com\\@evil.example'],
  ['a tab', 'https://api.exam\tple.com/'],
  ['a line end', 'https://api.example.com/\nx'],
  ['a space', 'https://api.example.com/a b'],
  ['no host', 'https:///path'],
  ['one slash', 'https:/api.example.com'],
  ['port 0', 'https://api.example.com:0/'],
  ['a port that is too large', 'https://api.example.com:65536/'],
  ['a port that is no number', 'https://api.example.com:443x/'],
  ['more than 2,048 characters', `https://api.example.com/${'a'.repeat(2_100)}`],
  ['nothing', ''],
])('a REST endpoint with %s is refused: %j', (_why, text) => {
  expect(parseRestEndpoint(text).ok).toBe(false);
});

test.each([
  ['postgresql://db.example.com/app', 'db.example.com', 5432, 'app', undefined],
  ['postgres://db.example.com:6432/my%20db', 'db.example.com', 6432, 'my db', undefined],
  ['postgresql://[2606:4700::1]:5433/app', '2606:4700::1', 5433, 'app', undefined],
  ['postgresql://db/app?sslmode=verify-full', 'db', 5432, 'app', 'verify-full'],
  ['postgresql://db/app?sslmode=disable', 'db', 5432, 'app', 'disable'],
])('%s is read', (text, host, port, database, sslMode) => {
  const value = { scheme: 'postgresql', host, port, database, sslMode };
  expect(parsePostgresEndpoint(text)).toEqual({ ok: true, value });
});

test.each([
  'postgresql://user:password@db/app',
  'postgresql://db',
  'postgresql://db/',
  'postgresql://db/app?host=/tmp',
  'postgresql://db/app?sslmode=no-verify',
  'postgresql://db/app?sslmode=disable&host=other',
  'postgresql://db/app?sslcert=/etc/passwd',
  'postgresql://a,b/app',
  'postgresql://%2Ftmp/app',
  'postgresql:///app',
  'postgresql://db/app%00',
  `postgresql://db/${'a'.repeat(64)}`,
  'mysql://db/app',
  'socket:/tmp?db=app',
])('%s is refused as a PostgreSQL endpoint', (text) => {
  expect(parsePostgresEndpoint(text).ok).toBe(false);
});

test.each([
  ['https://api.example.com', 'https://api.example.com:443'],
  ['https://API.example.com:443/', 'https://api.example.com:443'],
  ['http://api.example.com', 'http://api.example.com:80'],
  ['postgresql://db.example.com', 'postgresql://db.example.com:5432'],
  ['postgresql://[2606:4700::1]:5433', 'postgresql://[2606:4700::1]:5433'],
])('the allowed origin %s compares as %s', (text, key) => {
  expect(parseOriginKey(text)).toBe(key);
});

test.each(['https://', 'api.example.com', 'https://*.example.com', 'https://a.com/path', '*', ''])(
  'the allowed origin %j fits nothing',
  (text) => expect(parseOriginKey(text)).toBeUndefined(),
);

test('an endpoint and the origin written for it compare alike', () => {
  const endpoint = parseRestEndpoint('https://Api.Example.com./v1');
  expect(endpoint.ok && originKey(endpoint.value)).toBe(parseOriginKey('https://api.example.com'));
});
