import { expect, test } from 'vitest';
import { hostKey, normaliseHost, parseHostAndPort } from './host-and-port.ts';

test.each([
  ['API.Example.com.:443', 'api.example.com:443'],
  ['0x7f.1:80', '127.0.0.1:80'],
  ['2130706433:80', '127.0.0.1:80'],
  ['[0:0:0:0:0:0:0:1]:9000', '[::1]:9000'],
  ['name_1.test:1', 'name_1.test:1'],
])('%s is spelt %s', (text, key) => {
  const parsed = parseHostAndPort(text);
  expect(parsed && hostKey(parsed)).toBe(key);
});

test('a port may be left out where there is a default', () => {
  expect(parseHostAndPort('a.test', 443)).toEqual({ host: 'a.test', port: 443 });
  expect(parseHostAndPort('a.test')).toBeUndefined();
});

test.each(['', 'a:0', 'a:65536', 'a:x', '::1:80', 'u@a:80', 'a/b:80', '*:80', 'a b:80'])(
  '%j is no host and port',
  (text) => expect(parseHostAndPort(text)).toBeUndefined(),
);

test.each(['', 'a..b', 'a?b', `${'a'.repeat(64)}.test`, '256.1.1.1'])('%j is no host', (text) => {
  expect(normaliseHost(text)).toBeUndefined();
});
