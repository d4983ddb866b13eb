import { GetPriceBookResponse } from '@switchyard/contracts/cost';
import { expect, test } from 'vitest';
import { priceBookMessage, priceBookOf } from '../src/adapters/price-book-message.ts';

const RESPONSE = GetPriceBookResponse.fromPartial({
  version: '0000000003',
  prices: [
    {
      provider: 'openrouter',
      model: 'openai/gpt-5.4',
      input: 2_500_000_000n,
      output: 15_000_000_000n,
      tiers: [{ aboveInputTokens: 272_000, input: 5_000_000_000n, output: 22_500_000_000n }],
    },
  ],
});

test('a price book has the prices of every tier', () => {
  const { version, prices } = priceBookOf(RESPONSE);
  expect(version).toBe('0000000003');
  expect(prices.get('openrouter/openai/gpt-5.4')).toMatchObject({
    prices: { input: 2_500_000_000n, output: 15_000_000_000n },
    tiers: [{ aboveInputTokens: 272_000, prices: { input: 5_000_000_000n, output: 22_500_000_000n } }],
  });
});

test('what is kept on disk comes back the same', () => {
  const book = priceBookOf(RESPONSE);
  const kept = JSON.parse(JSON.stringify(GetPriceBookResponse.toJSON(priceBookMessage(book))));
  const back = priceBookOf(GetPriceBookResponse.fromJSON(kept));
  expect(back.prices.get('openrouter/openai/gpt-5.4')).toEqual(book.prices.get('openrouter/openai/gpt-5.4'));
});

test('a book that was kept before there were tiers is read as one without', () => {
  const old = { version: '1', prices: [{ provider: 'a', model: 'm', input: '5' }] };
  expect(priceBookOf(GetPriceBookResponse.fromJSON(old)).prices.get('a/m')).toMatchObject({
    prices: { input: 5n },
    tiers: [],
  });
});
