import { OfferingPrice } from '@switchyard/contracts/cost';
import { expect, it } from 'vitest';
import { type ModelUse, recommend } from './recommend.ts';

const use = (change: Partial<ModelUse>): ModelUse => ({
  provider: 'dear',
  model: 'm',
  purpose: 'user_request',
  line: 'charge',
  attempts: 10n,
  unpricedAttempts: 0n,
  inputTokens: 1_000_000n,
  outputTokens: 100_000n,
  costNanoUsd: 4_500_000_000n,
  ...change,
});
const price = (provider: string, change: Partial<OfferingPrice> = {}) =>
  OfferingPrice.fromPartial({
    provider,
    model: 'm',
    input: 1_000_000_000n,
    output: 5_000_000_000n,
    ...change,
  });
const typesOf = (uses: ModelUse[], prices: OfferingPrice[]) =>
  recommend(uses, prices).map(({ type }) => type);

it('finds the same model where it would have cost least, with what was really used', () => {
  const prices = [
    price('dear', { input: 1n, output: 1n }),
    price('cheap'),
    price('middle', { input: 2_000_000_000n }),
  ];
  expect(recommend([use({})], prices)).toMatchObject([
    {
      type: 'cheaper_offering',
      savingsNanoUsd: 3_000_000_000n,
      evidence: { other_provider: 'cheap', other_cost_nano_usd: '1500000000', cost_nano_usd: '4500000000' },
    },
  ]);
});

it('says nothing where it does not know, or where it is not worth a word', () => {
  expect(typesOf([use({})], [])).toEqual([]);
  expect(typesOf([use({})], [price('cheap', { model: 'other' })])).toEqual([]);
  expect(typesOf([use({})], [price('cheap', { output: undefined })])).toEqual([]);
  expect(typesOf([use({})], [price('cheap', { request: 1n })])).toEqual([]);
  expect(typesOf([use({ unpricedAttempts: 1n })], [price('cheap')])).toEqual([]);
  expect(typesOf([use({ costNanoUsd: 1_600_000_000n })], [price('cheap')])).toEqual([]);
  expect(typesOf([use({ purpose: 'probe', costNanoUsd: 1n })], [price('cheap')])).toEqual([]);
});

it('finds providers that are probed and asked nothing else, and the command that ends it', () => {
  const probe = use({ provider: 'idle', purpose: 'probe', costNanoUsd: 20_000_000n });
  expect(recommend([probe], [])).toMatchObject([
    { type: 'idle_probes', savingsNanoUsd: 20_000_000n, command: 'switchyard probing set idle --off' },
  ]);
  expect(typesOf([probe, use({ provider: 'idle' })], [])).toEqual([]);
});
