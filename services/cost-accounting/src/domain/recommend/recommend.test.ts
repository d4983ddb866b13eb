import { OfferingPrice } from '@switchyard/contracts/cost';
import { ExperimentState } from '@switchyard/contracts/routing';
import { expect, it } from 'vitest';
import type { Offer } from './offer.ts';
import { recommend } from './recommend.ts';
import type { ModelUse } from './recommendation.ts';
import { seenBy } from './seen-by.ts';

const use = (change: Partial<ModelUse>): ModelUse => ({
  provider: 'dear',
  model: 'm',
  purpose: 'user_request',
  line: 'charge',
  attempts: 10n,
  unpricedAttempts: 0n,
  inputTokens: 1_000_000n,
  outputTokens: 100_000n,
  reasoningTokens: 0n,
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
const listed = (uses: ModelUse[], prices: OfferingPrice[]) =>
  recommend({ uses, prices, offers: [], asked: [], tenant: 'acme' });
const typesOf = (uses: ModelUse[], prices: OfferingPrice[]) => listed(uses, prices).map(({ type }) => type);

it('finds the same model where it would have cost least, with what was really used', () => {
  const prices = [
    price('dear', { input: 1n, output: 1n }),
    price('cheap'),
    price('middle', { input: 2_000_000_000n }),
  ];
  expect(listed([use({})], prices)).toMatchObject([
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

it('finds providers that are probed and asked nothing else, and what ends it', () => {
  const probe = use({ provider: 'idle', purpose: 'probe', costNanoUsd: 20_000_000n });
  expect(listed([probe], [])).toMatchObject([
    { type: 'idle_probes', savingsNanoUsd: 20_000_000n, change: { kind: 'probes_off', provider: 'idle' } },
  ]);
  expect(typesOf([probe, use({ provider: 'idle' })], [])).toEqual([]);
});

const offer = (provider: string, change: Partial<Offer> = {}): Offer => ({
  ...{ provider, model: 'm', tenant: '', canonicalModel: 'maker/m', simulated: false },
  ...{ capabilities: new Set(['text', 'tools']), contextTokens: 128_000, maxOutputTokens: 8_192 },
  ...{ input: 1_000_000_000n, output: 5_000_000_000n, reasoning: undefined, chargedOtherwise: false },
  ...{ residency: new Set<string>(), tags: new Set<string>() },
  ...change,
});
const dear = offer('dear', { input: 3_000_000_000n, output: 15_000_000_000n });
const asked = [{ provider: 'dear', model: 'm', name: 'dear/m', requests: 10n, costNanoUsd: 100n }];
const configured = (other: Partial<Offer>, names = asked) =>
  recommend({
    ...{ uses: [use({})], prices: [], asked: names, tenant: 'acme' },
    offers: [dear, offer('cheap', other)],
  });
/** Another model that states the same, of about the same size. */
const OTHER = { model: 'n', canonicalModel: 'other/n', input: 1_000_000_000n, output: 4_000_000_000n };

it('sends the names that were asked for to the same model at a cheaper provider, with the present one behind it and as the baseline', () => {
  const [found] = configured({});
  expect(found).toMatchObject({
    ...{ type: 'cheaper_offering', savingsNanoUsd: 3_000_000_000n },
    evidence: {
      equivalent_by: 'same_model',
      asked_by: 'dear/m',
      asked_by_name: '10 of the last 10 requests',
    },
  });
  const pool = `saving-${found?.id}`;
  expect(found?.change).toMatchObject({
    configuration: {
      pools: [
        {
          ...{ id: pool, tenant: 'acme', baseline: { provider: 'dear', model: 'm' } },
          members: [
            { provider: 'cheap', priority: 0 },
            { provider: 'dear', priority: 1 },
          ],
        },
      ],
      experiments: [
        {
          ...{ id: `${pool}-1`, model: 'dear/m', state: ExperimentState.PROMOTED, promoted: 'cheaper' },
          variants: [
            { name: 'present', model: 'dear/m' },
            { name: 'cheaper', model: pool },
          ],
        },
      ],
    },
  });
});

it('counts only what can be sent elsewhere: requests that name the model', () => {
  const auto = { provider: 'dear', model: 'm', name: '', requests: 30n, costNanoUsd: 300n };
  expect(configured({}, [...asked, auto])[0]?.savingsNanoUsd).toBe(750_000_000n);
  expect(configured({}, [auto])).toEqual([]);
  expect(configured({}, [])).toEqual([]);
});

it('takes another model for as good only by what both state and about the same price, and then tries it with a tenth', () => {
  const [found] = configured(OTHER);
  expect(found).toMatchObject({ type: 'cheaper_model', evidence: { equivalent_by: 'same_statements' } });
  expect(found?.change).toMatchObject({
    configuration: {
      experiments: [{ state: ExperimentState.RUNNING, variants: [{ weight: 9 }, { weight: 1 }] }],
    },
  });
  // A quarter of 3 and of 15 USD.
  expect(configured({ ...OTHER, input: 750_000_000n, output: 3_750_000_000n })).toHaveLength(1);
  for (const lacking of [
    { capabilities: new Set(['text']) },
    { contextTokens: 127_999 },
    { contextTokens: undefined },
    { maxOutputTokens: 4_096 },
    { output: 3_749_999_999n },
    { input: 3_000_000_001n, output: 3_750_000_000n },
    { simulated: true },
    { chargedOtherwise: true },
  ])
    expect(configured({ ...OTHER, ...lacking }), Object.keys(lacking).join()).toEqual([]);
});

it('never recommends what residency or tags exclude', () => {
  const here = offer('dear', {
    input: 3_000_000_000n,
    residency: new Set(['eu-west']),
    tags: new Set(['gdpr']),
  });
  const with_ = (other: Partial<Offer>) =>
    recommend({
      ...{ uses: [use({})], prices: [], asked, tenant: 'acme' },
      offers: [here, offer('cheap', other)],
    });
  const fits = { residency: new Set(['eu-west']), tags: new Set(['gdpr', 'soc2']) };
  expect(with_(fits)).toHaveLength(1);
  expect(with_({ ...fits, residency: new Set(['eu-west', 'us-east']) })).toEqual([]);
  expect(with_({ ...fits, residency: new Set() })).toEqual([]);
  expect(with_({ ...fits, tags: new Set() })).toEqual([]);
});

it('tells of the price book only where it has somebody cheaper than who is configured', () => {
  const both = (input: bigint) =>
    recommend({
      ...{ uses: [use({})], asked, tenant: 'acme', offers: [dear, offer('cheap')] },
      prices: [price('elsewhere', { input })],
    }).map(({ evidence }) => evidence.other_provider);
  expect(both(1_000_000_000n)).toEqual(['cheap']);
  expect(both(500_000_000n)).toEqual(['elsewhere', 'cheap']);
});

it('compares what a tenant sees: its own providers hide those of the installation', () => {
  const offers = [offer('a'), offer('a', { tenant: 'acme' }), offer('b'), offer('c', { tenant: 'other' })];
  const seen = (tenant: string | undefined) =>
    seenBy(offers, tenant).map((one) => `${one.tenant}/${one.provider}`);
  expect(seen('acme')).toEqual(['acme/a', '/b']);
  expect(seen('other')).toEqual(['/a', '/b', 'other/c']);
  expect(seen(undefined)).toEqual(['/b']);
});
