import { expect, test } from 'vitest';
import { cosineSimilarity } from './cosine-similarity.ts';
import { numbersIn } from './numbers-in.ts';

test.each([
  ['What is the status of invoice 1041?', '1041'],
  ['Meet at 10:30 on 2026-11-30, pay 3.14 or 1,000.', '10:30 2026-11-30 3.14 1,000'],
  ['Fullwidth １２, and ٣', '12 ٣'],
  ['No number. At all, 5', '5'],
  ['none', ''],
])('the numbers in %j are %j', (text, numbers) => {
  expect(numbersIn(text)).toBe(numbers);
});

test('directions count, lengths do not', () => {
  expect(cosineSimilarity([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12);
  expect(cosineSimilarity([1, 0], [0, 5])).toBe(0);
  expect(cosineSimilarity([1, 1], [-1, -1])).toBeCloseTo(-1, 12);
});

test.each([
  [[1], [1, 2]],
  [
    [0, 0],
    [1, 2],
  ],
  [[], []],
  [[Number.NaN], [1]],
])('%j and %j do not compare', (one, other) => {
  expect(cosineSimilarity(one, other)).toBeUndefined();
});
