import { Strategy } from '@switchyard/contracts/routing';
import type { PriceTerm } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { priceBookMessage, priceBookOf } from '../src/adapters/price-book-message.ts';
import { TermBook } from '../src/domain/snapshot/term-book.ts';
import { askRequest } from '../src/pipeline/ask-request.ts';
import { Execution } from '../src/pipeline/execution.ts';
import { Pipeline } from '../src/pipeline/pipeline.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { asked, call, contextOf } from './support/pipeline-context.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';

const term = (change: Partial<PriceTerm> = {}): PriceTerm => ({
  ...{ id: 'x', tenant: 't', provider: '', model: '', fromMs: 0, untilMs: Number.POSITIVE_INFINITY },
  ...{ windows: [], timeZone: 'UTC', discountPpm: 0, prices: {} },
  ...change,
});
const usage = { inputTokens: 10, outputTokens: 5, estimated: false };

/** Two providers, `dear` of 4 and 8 USD and `fair` of 1 and 2 USD per million, under terms; it is 1,000 ms past 1970. */
function running(...terms: PriceTerm[]) {
  const offerings = [
    offering({
      ...{ provider: 'dear', priority: 1, prices: { input: 4_000_000_000n, output: 8_000_000_000n } },
      tiers: [{ aboveInputTokens: 5, prices: { input: 6_000_000_000n, output: 10_000_000_000n } }],
    }),
    offering({ provider: 'fair', priority: 2, endpoints: [{ id: 'eu' }, { id: 'us' }] }),
  ];
  const current = { ...snapshotOf(offerings), terms: new TermBook(terms) };
  return contextOf({
    snapshots: { current } as unknown as SnapshotHolder,
    secrets: readyKeys(() => bearer('key')),
    defaultStrategy: Strategy.COST,
  });
}

const costs = (...terms: PriceTerm[]) =>
  new Map(
    new Pipeline(running(...terms).context)
      .route(call)
      .candidates.map(({ provider, estimatedCostNanoUsd = 0n }) => [provider, estimatedCostNanoUsd]),
  );

test('C2: an estimate is made with what the tenant is charged, once at every endpoint', () => {
  const listed = costs();
  const charged = costs(term({ discountPpm: 500_000 }), term({ id: 'y', tenant: 'u', discountPpm: 900_000 }));
  for (const provider of ['dear', 'fair'])
    expect(Number(charged.get(provider))).toBeCloseTo(Number(listed.get(provider)) / 2, -1);
});

test('C2: a contract price changes who is cheapest', () => {
  const first = (...terms: PriceTerm[]) =>
    new Pipeline(running(...terms).context).route(call).route?.provider;
  const contract = { provider: 'dear', model: 'm', prices: { input: 1n, output: 1n } };
  expect([first(), first(term(contract)), first(term({ ...contract, tenant: 'u' }))]).toEqual([
    'fair',
    'dear',
    'fair',
  ]);
  expect(first(term({ ...contract, fromMs: 1_001 }))).toBe('fair');
});

test('C2: what is held and booked is what the tenant is charged, by the tier that the input reaches', async () => {
  const { context, booked } = running(
    term({ provider: 'dear', model: 'm', prices: { input: 1_000_000n } }),
    term({ id: 'y', discountPpm: 100_000 }),
  );
  const execution = new Execution(askRequest(asked, context), context, { stream: false });
  const attempt = await execution.begin();
  expect(attempt.held.provider).toBe('fair');
  execution.succeed(attempt, { usage });
  // 10 × 0.9 + 5 × 1.8 USD per million.
  expect(booked).toMatchObject([
    { costNanoUsd: 18_000n, prices: { input: 900_000_000n, output: 1_800_000_000n } },
  ]);
});

test('C2: terms come and go with their minute, and with a clock that is set back', () => {
  const minute = { weekdays: [], fromMinute: 1, untilMinute: 2 };
  const book = new TermBook([
    term({ discountPpm: 500_000, windows: [minute] }),
    term({ id: 'y', tenant: 'late', discountPpm: 1, fromMs: 70_500 }),
  ]);
  const one = offering({ provider: 'a' });
  const inputAt = (tenant: string, wallMs: number) => book.repriceFor(tenant, wallMs)(one).prices?.input;
  const full = 1_000_000_000n;
  expect([59_999, 60_000, 119_999, 120_000, 60_000, 0].map((atMs) => inputAt('t', atMs))).toEqual([
    ...[full, full / 2n, full / 2n, full, full / 2n, full],
  ]);
  expect([70_000, 70_499, 70_500].map((atMs) => inputAt('late', atMs))).toEqual([full, full, 999_999_000n]);
  // The same offering gives the same, so that what is known of it is known still.
  const reprice = book.repriceFor('t', 61_000);
  expect(reprice(one)).toBe(book.repriceFor('t', 62_000)(one));
  expect(reprice(reprice(one))).toBe(reprice(one));
});

test('terms are kept with the snapshot as they came', () => {
  const terms = [
    term({ discountPpm: 7, prices: {}, windows: [{ weekdays: [1], fromMinute: 0, untilMinute: 5 }] }),
    term({ id: 'y', provider: 'p', model: 'm', fromMs: 5, untilMs: 9, prices: { input: 3n, query: 4n } }),
  ];
  const book = priceBookOf(priceBookMessage({ version: '1.2', prices: new Map(), terms }));
  expect(book.terms).toEqual(terms);
});
