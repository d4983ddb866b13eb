import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PriceVote, SourceId } from '../../src/catalog/offering-prices.ts';
import { isAbsurd, quarantine } from './quarantine.ts';

const NAMES: readonly SourceId[] = ['models.dev', 'litellm', 'portkey', 'genai-prices', 'pi-ai'];
const MODEL = { provider: 'p', model: 'm' };
const votes = (...prices: bigint[]): PriceVote[] =>
  prices.map((input, i) => ({ source: NAMES[i] as SourceId, prices: { input } }));

test.each<[string, bigint[], SourceId[], bigint | undefined]>([
  ['ten times dearer than what most agree on', [3n, 3n, 30n], ['portkey'], 3n],
  ['a tenth of it', [30n, 30n, 3n], ['portkey'], 30n],
  ['rounded by the others', [1_000n, 95_000n, 100_000n], ['models.dev'], 95_000n],
  ['absurd, and the others do not agree', [1n, 2n, 40n], ['portkey'], undefined],
  ['beyond reason', [2_000_000_000_000n], ['models.dev'], undefined],
  ['beyond reason, beside one that is not', [2_000_000_000_000n, 3n], ['models.dev'], 3n],
  ['one of two: nobody knows which', [1n, 1_000n], ['models.dev', 'litellm'], undefined],
])('what is %s is set aside', (_, prices, absurd, agreed) => {
  expect(quarantine(MODEL, votes(...prices))).toMatchObject([{ ...MODEL, kind: 'input', absurd, agreed }]);
});

test.each([[[3n]], [[3n, 3n]], [[3n, 29n]], [[1n, 2n, 9n, 3n]], [[0n, 0n]], [[]]])(
  '%s are close enough',
  (prices) => expect(quarantine(MODEL, votes(...prices))).toEqual([]),
);

test('equal votes are never absurd, and what is served is one of the votes', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt(1n, 10n ** 13n), { minLength: 1, maxLength: 5 }), (prices) => {
      for (const { agreed } of quarantine(MODEL, votes(...prices)))
        if (agreed !== undefined) expect(prices).toContain(agreed);
      expect(
        isAbsurd(
          prices[0] as bigint,
          prices.map(() => prices[0] as bigint),
        ),
      ).toBe(false);
    }),
  );
});
