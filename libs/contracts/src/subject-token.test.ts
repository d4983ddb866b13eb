import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSubjectToken, encodeSubjectToken } from './subject-token.ts';

test('any text becomes one subject token and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const token = encodeSubjectToken(text);
      expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
      expect(decodeSubjectToken(token)).toBe(text);
    }),
  );
});

test('wildcards and separators cannot widen a subject', () => {
  expect(encodeSubjectToken('a.b')).toBe('a=2eb');
  expect(encodeSubjectToken('*')).toBe('=2a');
  expect(encodeSubjectToken('>')).toBe('=3e');
});

test('a token that was not encoded by us is refused', () => {
  expect(decodeSubjectToken('a.b')).toBeUndefined();
  expect(decodeSubjectToken('=G1')).toBeUndefined();
});
