import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinCallPath } from './call-path.ts';

test.each([
  ['/base', '/users/7', '/base/users/7'],
  ['/base', '', '/base'],
  ['/base', '/', '/base/'],
  ['', '', '/'],
  ['', '/users', '/users'],
  ['/base', '/projects/group%2Fname', '/base/projects/group%2Fname'],
  ['/base', '/a...b/..c/d..', '/base/a...b/..c/d..'],
  ['/base', '/100%25', '/base/100%25'],
  ['/base', '/caf%C3%A9', '/base/caf%C3%A9'],
  ['/base', '/a:b@c;d=e,f!$&()*+', '/base/a:b@c;d=e,f!$&()*+'],
])('%s and %s join to %s', (base, path, joined) => {
  expect(joinCallPath(base, path)).toEqual({ ok: true, value: joined });
});

const ESCAPES = [
  '/..',
  '/../',
  '/../admin',
  '/a/../../admin',
  '/./a',
  '/a/./b',
  '/a/..',
  '/%2e%2e/admin',
  '/%2E%2E/admin',
  '/.%2e/admin',
  '/%2e./admin',
  '/%252e%252e/admin',
  '/%25252e%25252e/admin',
  '/%2525252e%2525252e/admin',
  '/%252525252e%252525252e/admin',
  '/..%2fadmin',
  '/..%2Fadmin',
  '/..%252fadmin',
  '/a%2f..%2f..%2fadmin',
  '/a%2F%2E%2E%2F%2E%2E%2Fadmin',
  '/..%5cadmin',
  '/..%5Cadmin',
  '/a%5c..%5c..%5cadmin',
  '/..\\admin',
  '\\..\\admin',
  '/..;/admin',
  '/..;a=b/admin',
  '/%2e%2e;/admin',
  '/.;/admin',
  '/..%00/admin',
  '/a%00b',
  '/%0d%0aHost:%20evil.example',
  '/a\r\nHost: evil.example',
  '/a b',
  '/a\tb',
  '/%c0%ae%c0%ae/admin',
  '/%c0%af..%c0%afadmin',
  '/%e0%80%ae%e0%80%ae/admin',
  '/%u002e%u002e/admin',
  '/%EF%BC%8E%EF%BC%8E/admin',
  '/%EF%BC%8E%EF%BC%8E%EF%BC%8Fadmin',
  '/%20../admin/..%20/x',
  '/%',
  '/%zz',
  '//evil.example/path',
  '///evil.example',
  '/a?admin=true',
  '/a#fragment',
  'admin',
  'https://evil.example/',
  '@evil.example/',
  '.evil.example/',
  ':8080/',
  '/a"b',
  '/a<b>',
  '/a{b}',
  '/a|b',
  '/a^b`',
  '/é',
  `/${'a'.repeat(9_000)}`,
];

describe.each(['/base', ''])('below the base path %j', (base) => {
  test.each(ESCAPES)('%j is refused', (path) => {
    expect(joinCallPath(base, path).ok).toBe(false);
  });
});

test('a lone percent sign hides no dot segment beside it, and is fine by itself', () => {
  expect(joinCallPath('/base', '/%252e./%25').ok).toBe(false);
  expect(joinCallPath('/base', '/100%25').ok).toBe(true);
});

test('whatever is let through stays below the base path for a reader that decodes any number of times', () => {
  const piece = fc.constantFrom(
    '/',
    '.',
    '..',
    '%2e',
    '%2f',
    '%5c',
    '%25',
    '2e',
    '2f',
    'a',
    ';',
    '%',
    '\\',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const joined = joinCallPath('/base', `/${pieces.join('')}`);
      if (!joined.ok) return;
      for (let path = joined.value, layer = 0; layer < 8; layer++) {
        const seen = new URL(path.replaceAll('\\', '/').replaceAll(/;[^/]*/g, ''), 'http://h').pathname;
        expect(seen === '/base' || seen.startsWith('/base/')).toBe(true);
        try {
          path = decodeURIComponent(path);
        } catch {
          break;
        }
      }
    }),
    { numRuns: 5_000 },
  );
});
