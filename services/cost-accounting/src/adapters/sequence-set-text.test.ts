import { expect, it } from 'vitest';
import { formatRanges, parseRanges } from './sequence-set-text.ts';

it('reads and writes ranges as Postgres does', () => {
  const ahead = [
    { from: 5, to: 7 },
    { from: 9, to: 9_007_199_254_740_991 },
  ];
  expect(formatRanges({ watermark: 3, ahead })).toBe('{[5,7),[9,9007199254740991)}');
  expect(parseRanges('{[5,7),[9,9007199254740991)}')).toEqual(ahead);
  expect(parseRanges('{}')).toEqual([]);
});
