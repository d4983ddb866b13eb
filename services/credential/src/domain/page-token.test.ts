import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePageToken, encodePageToken } from './page-token.ts';

test('a position comes back from its token', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 4 }), (parts) => {
      expect(decodePageToken(encodePageToken(parts), parts.length)).toEqual(parts);
    }),
  );
});

test('anything else is no position, and does not throw', () => {
  fc.assert(fc.property(fc.string(), (text) => decodePageToken(text, 3) === undefined));
  expect(decodePageToken(encodePageToken(['a']), 2)).toBeUndefined();
  expect(decodePageToken(Buffer.from('[1]').toString('base64url'), 1)).toBeUndefined();
  expect(decodePageToken('A'.repeat(2_000), 1)).toBeUndefined();
});
