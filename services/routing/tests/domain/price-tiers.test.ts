import { UsageRecord } from '@switchyard/contracts/events';
import { CompleteRequest, DecisionOutcome, Requirements, Strategy } from '@switchyard/contracts/routing';
import { chatOf, rateUsage } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { bookAttempt } from '../../src/domain/booking.ts';
import { maxCost } from '../../src/domain/request/cost-estimate.ts';
import { expectedNanoUsd } from '../../src/domain/request/expected-cost.ts';
import type { Needs } from '../../src/domain/request/needs.ts';
import { needsOf } from '../../src/domain/request/needs-of.ts';
import { decide } from './decide-all.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';

// As gpt-5.4, in USD per million tokens: input 2.50, cached 0.25, output 15; twice, twice and 1.5 times above 272,000
// tokens of input. https://developers.openai.com/api/docs/models/gpt-5.4
const tiered = offering({
  provider: 'tiered',
  contextTokens: 1_050_000,
  maxOutputTokens: 128_000,
  prices: { input: 2_500_000_000n, cacheRead: 250_000_000n, output: 15_000_000_000n },
  tiers: [
    {
      aboveInputTokens: 272_000,
      prices: { input: 5_000_000_000n, cacheRead: 500_000_000n, output: 22_500_000_000n },
    },
  ],
});
const asking = (estimatedInputTokens: number, more: Partial<Needs> = {}) =>
  needs({ estimatedInputTokens, inputTokenBound: estimatedInputTokens, maxOutputTokens: 1_000, ...more });

test.each([
  // 272,000 × 2.5 + 1,000 × 15 = 680,000 + 15,000 USD per million
  [272_000, 695_000_000n],
  // 272,001 × 5 + 1,000 × 22.5 = 1,360,005 + 22,500
  [272_001, 1_382_505_000n],
])('%d tokens are expected to cost %d nano-USD', (tokens, expected) => {
  expect(expectedNanoUsd(asking(tokens), tiered)).toBe(Number(expected));
});

test.each([
  // As above, and 4 for the rounding of the components.
  [272_000, 695_000_004n],
  [272_001, 1_382_505_004n],
  // 1,050,000 fit the context: 1,050,000 × 5 + 1,000 × 22.5 = 5,250,000 + 22,500
  [4_000_000, 5_272_500_004n],
])('where the input may reach %d tokens, %d nano-USD are held, however few are expected', (bound, held) => {
  expect(maxCost(asking(1_000, { inputTokenBound: bound }), tiered)).toBe(held);
});

test('what may ask for more than tokens has no bound where it is passed on, and one where it is left out', () => {
  const request = CompleteRequest.fromPartial({
    model: 'm',
    passthroughJson: '{"service_tier":"priority"}',
    passthroughFormat: 'openai-chat',
  });
  const asked = {
    selector: { kind: 'model' as const, model: 'm' },
    requirements: Requirements.create(),
    layers: [],
    strategy: Strategy.PRIORITY,
    compositeWeights: undefined,
  };
  const passing = needsOf(chatOf(request), { tenant: 't', stream: false, asked });
  const elsewhere = chatOf({ ...request, passthroughFormat: 'gemini' });
  expect(maxCost(passing, tiered)).toBeUndefined();
  expect(maxCost({ ...passing, operation: elsewhere }, tiered)).toBeGreaterThan(0n);
  const choose = (limited: Needs) =>
    decide({ needs: limited, snapshot: snapshotOf([tiered]), stateOf: working });
  const maxCostNanoUsd = 10n ** 12n;
  expect(choose(passing).excluded).toEqual([]);
  expect(choose({ ...passing, operation: elsewhere, maxCostNanoUsd }).excluded).toEqual([]);
  expect(choose({ ...passing, maxCostNanoUsd }).excluded[0]?.exclusions).toEqual([
    expect.objectContaining({
      constraint: 'max_cost',
      detail: expect.stringContaining('service_tier goes to it as it is'),
    }),
  ]);
  const harmless = { ...request, passthroughJson: '{"metadata":{"a":"b"}}' };
  const bounded = needsOf(chatOf(harmless), { tenant: 't', stream: false, asked });
  expect(maxCost(bounded, tiered)).toBeGreaterThan(0n);
});

test('a limit of the price is kept by the tier that the request will reach', () => {
  const limited = (tokens: number) =>
    decide({
      needs: asking(tokens, { maxPricePerMillionNanoUsd: 20_000_000_000n }),
      snapshot: snapshotOf([tiered]),
      stateOf: working,
    });
  expect(limited(272_000).excluded).toEqual([]);
  expect(limited(272_001).excluded[0]?.exclusions).toEqual([
    expect.objectContaining({
      constraint: 'max_price',
      detail: expect.stringContaining('costs up to $22.5 per million'),
    }),
  ]);
});

test('by cost, who is cheaper for a short request need not be for a long one', () => {
  const flat = offering({
    provider: 'flat',
    contextTokens: 1_050_000,
    prices: { input: 3_000_000_000n, output: 15_000_000_000n },
  });
  const first = (tokens: number) =>
    decide({
      needs: asking(tokens, { strategy: Strategy.COST }),
      snapshot: snapshotOf([flat, tiered]),
      stateOf: working,
    }).ranked[0]?.offering.provider.id;
  expect([first(272_000), first(272_001)]).toEqual(['tiered', 'flat']);
});

const held = UsageRecord.fromPartial({
  prices: { priceVersion: '7', ...tiered.prices },
  costNanoUsd: 1_382_505_004n,
  holdNanoUsd: 1_382_505_004n,
});
const end = {
  outcome: 'ok',
  delivered: true,
  mayHaveWorked: true,
  estimate: { inputTokens: 1_000, outputTokens: 1_000 },
  httpStatus: 200,
  durationUs: 5,
  firstTokenUs: 3,
  requestOutcome: DecisionOutcome.COMPLETE,
};

test.each([
  // 270,000 × 2.5 + 2,000 × 0.25 + 1,000 × 15 = 675,000 + 500 + 15,000
  [272_000, 690_500_000n],
  // 270,001 × 5 + 2,000 × 0.5 + 1,000 × 22.5 = 1,350,005 + 1,000 + 22,500
  [272_001, 1_373_505_000n],
])(
  '%d tokens that were reported are booked at %d nano-USD, with the prices that verify it',
  (tokens, cost) => {
    const usage = { inputTokens: tokens, cacheReadTokens: 2_000, outputTokens: 1_000, estimated: false };
    const booked = bookAttempt({ held, end: { ...end, usage }, offering: tiered });
    expect(booked.costNanoUsd).toBe(cost);
    expect(booked.prices?.priceVersion).toBe('7');
    expect(rateUsage(usage, booked.prices ?? {}).total).toBe(cost);
  },
);

test('what was not reported is booked at the tier of the estimate', () => {
  const estimate = { inputTokens: 300_000, outputTokens: 1_000 };
  const booked = bookAttempt({ held, end: { ...end, estimate, usage: undefined }, offering: tiered });
  // 300,000 × 5 + 1,000 × 22.5
  expect(booked.costNanoUsd).toBe(1_522_500_000n);
  expect(booked.prices?.input).toBe(5_000_000_000n);
});
