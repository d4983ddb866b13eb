import { expect, test } from 'vitest';
import { isWithin, type ModelLimits } from './model-limits.ts';

const NONE: ModelLimits = { maxInputPrice: undefined, minContext: undefined, region: undefined };
const UNKNOWN = { inputPrice: undefined, contextTokens: undefined, regions: [] };

test('without limits everything passes', () => {
  expect(isWithin(NONE, UNKNOWN)).toBe(true);
});

test.each<[Partial<ModelLimits>]>([
  [{ maxInputPrice: 10n ** 18n }],
  [{ minContext: 0 }],
  [{ region: 'global' }],
])('what is unknown keeps to no limit: %s', (limit) =>
  expect(isWithin({ ...NONE, ...limit }, UNKNOWN)).toBe(false),
);

test.each<[Partial<ModelLimits>, boolean]>([
  [{ maxInputPrice: 5n }, true],
  [{ maxInputPrice: 4n }, false],
  [{ minContext: 100 }, true],
  [{ minContext: 101 }, false],
  [{ region: 'eu-west' }, true],
  [{ region: 'us-west' }, false],
])('a limit holds at its edge: %s', (limit, passes) => {
  const facts = { inputPrice: 5n, contextTokens: 100, regions: ['eu-west'] };
  expect(isWithin({ ...NONE, ...limit }, facts)).toBe(passes);
});
