import type { OfferingPrice } from '@switchyard/contracts/cost';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offeringPrice } from '../../../tests/fixture/test-catalog.ts';
import { guardPrices } from './guard-prices.ts';

const one = (change: Partial<OfferingPrice>) => offeringPrice({ provider: 'p', model: 'm', ...change });

test.each<[string, Partial<OfferingPrice>, Partial<OfferingPrice>, 'fresh' | 'present', number]>([
  ['nine times dearer', { input: 10n }, { input: 90n }, 'fresh', 0],
  ['ten times dearer', { input: 10n }, { input: 100n }, 'present', 1],
  ['a tenth', { output: 100n }, { output: 10n }, 'present', 1],
  ['a bit more than a tenth', { output: 100n }, { output: 11n }, 'fresh', 0],
  ['free at once', { input: 10n }, { input: 0n }, 'present', 1],
  ['no more free', { input: 0n }, { input: 10n }, 'present', 1],
  ['free as before', { input: 0n }, { input: 0n, output: 1n }, 'fresh', 0],
  [
    'one that jumps keeps the others back',
    { input: 10n, output: 10n },
    { input: 11n, output: 100n },
    'present',
    1,
  ],
  ['known now', {}, { input: 5n }, 'fresh', 0],
  ['unknown now', { input: 5n, output: 5n }, { input: 5n }, 'present', 0],
])('%s', (_, before, after, served, setAside) => {
  const [present, fresh] = [one(before), one(after)];
  const guarded = guardPrices([present], [fresh]);
  expect(guarded.prices).toEqual([served === 'fresh' ? fresh : present]);
  expect(guarded.setAside).toHaveLength(setAside);
});

test('a tier that jumps is set aside, too', () => {
  const tier = (input: bigint) => [{ ...one({}), aboveInputTokens: 200_000, input }];
  const present = one({ input: 5n, tiers: tier(10n) });
  const guarded = guardPrices([present], [one({ input: 6n, tiers: tier(1_000n) })]);
  expect(guarded).toMatchObject({
    prices: [present],
    setAside: [{ provider: 'p', model: 'm', kind: 'input', before: 10n, after: 1_000n }],
  });
});

test('nothing that has a price loses it, and no price moves tenfold', () => {
  const price = fc.option(fc.bigInt(0n, 10_000n), { nil: undefined });
  const list = fc.uniqueArray(
    fc.record({ model: fc.constantFrom('a', 'b', 'c', 'd'), input: price, output: price }),
    {
      selector: ({ model }) => model,
    },
  );
  fc.assert(
    fc.property(list, list, (before, after) => {
      const present = before.map(one);
      const guarded = new Map(guardPrices(present, after.map(one)).prices.map((each) => [each.model, each]));
      for (const { model, input, output } of present)
        for (const [was, is] of [
          [input, guarded.get(model)?.input],
          [output, guarded.get(model)?.output],
        ]) {
          if (was === undefined) continue;
          expect(is).toBeDefined();
          expect(is === was || ((is ?? 0n) < was * 10n && (is ?? 0n) * 10n > was)).toBe(true);
        }
    }),
  );
});
