import { cosineSimilarity } from '@switchyard/llm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packVector } from '../../src/domain/cache/packed-vector.ts';

const vectors = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 });

test('packed vectors are as alike as those that they were made of', () => {
  fc.assert(
    fc.property(vectors, vectors, fc.double({ min: 0, max: 1, noNaN: true }), (one, noise, share) => {
      const other = one.map((value, i) => value + share * (noise[i] ?? 0));
      const [a, b] = [packVector(one), packVector(other)];
      fc.pre(a !== undefined && b !== undefined);
      const exact = cosineSimilarity(one, other);
      fc.pre(exact !== undefined && Math.hypot(...one) > 1e-6 && Math.hypot(...other) > 1e-6);
      expect(Math.abs((cosineSimilarity(a, b) ?? 0) - (exact ?? 0))).toBeLessThan(0.01);
    }),
  );
});

test.each([
  ['nothing', []],
  ['no direction', [0, 0]],
  ['what is no number', [Number.NaN]],
  ['what is without end', [Number.POSITIVE_INFINITY, 1]],
  ['more than any model makes', new Array<number>(8_193).fill(1)],
])('%s is not packed', (_, values) => {
  expect(packVector(values)).toBeUndefined();
});
