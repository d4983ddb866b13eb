import { UsageRecord } from '@switchyard/contracts/events';
import { CompleteRequest, Decision, DecisionOutcome, ProviderBatches } from '@switchyard/contracts/routing';
import { chatOf, type PriceTerm } from '@switchyard/llm';
import { expect, test } from 'vitest';
import type { HandedBatch } from '../src/domain/batch/provider-batch.ts';
import type { Offering } from '../src/domain/snapshot/offering.ts';
import type { SnapshotPool } from '../src/domain/snapshot/snapshot-pool.ts';
import { TermBook } from '../src/domain/snapshot/term-book.ts';
import { BatchedLines, type ReservedLine } from '../src/pipeline/batched-lines.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { asked, call, contextOf } from './support/pipeline-context.ts';

const listed = offering({
  provider: 'openai',
  tags: ['zero-retention'],
  prices: { input: 1_000_000_000n, output: 2_000_000_000n, cacheRead: 100_000_000n },
});
const half = { prices: { input: 500_000_000n, output: 1_000_000_000n }, tiers: [] };
const known = { ...listed, known: { serviceTiers: { batch: half } } as unknown as Offering['known'] };
const tenthOff: PriceTerm = {
  ...{ id: 'x', tenant: 't', provider: '', model: '', fromMs: 0, untilMs: Number.POSITIVE_INFINITY },
  ...{ windows: [], timeZone: 'UTC', discountPpm: 100_000, prices: {} },
};

interface Asked {
  readonly terms?: readonly PriceTerm[];
  readonly batches?: ProviderBatches;
  readonly tags?: string[];
}

function planned({ terms = [], batches = ProviderBatches.UNSPECIFIED, tags = [] }: Asked) {
  const of = { ...known, provider: { ...known.provider, batches } };
  const current = { ...snapshotOf([of]), terms: new TermBook(terms) };
  const { context } = contextOf({ snapshots: { current } as unknown as SnapshotHolder });
  const request = CompleteRequest.fromPartial({ ...call.request, requirements: { tags } });
  return new BatchedLines(context).plan({ ...asked, request, operation: chatOf(request) } as typeof asked);
}

test('terms are applied once to each component, whether it has a batch price or not', () => {
  const plan = planned({ terms: [tenthOff] });
  expect(plan.kind === 'in a batch' && plan.line.candidate.offering.prices).toEqual({
    input: 450_000_000n,
    output: 900_000_000n,
    cacheRead: 90_000_000n,
  });
});

test.each([
  [[], ProviderBatches.UNSPECIFIED, 'in a batch'],
  [['zero-retention'], ProviderBatches.UNSPECIFIED, 'by itself'],
  [['zero-retention'], ProviderBatches.ON, 'in a batch'],
])('a request for tags %j goes, where batches are %d, %s', (tags, batches, kind) => {
  expect(planned({ tags, batches }).kind).toBe(kind);
});

test('an answer in a batch saves what the baseline of its pool would have cost more', () => {
  const baseline = offering({
    provider: 'dear',
    model: 'large',
    prices: { input: 10_000_000_000n, output: 0n },
  });
  const byName = new Map([['t/pool', { id: 'pool', baseline } as SnapshotPool]]);
  const current = { ...snapshotOf([known, baseline]), pools: { byName, byTaskType: new Map() } };
  const { context, booked } = contextOf({ snapshots: { current } as unknown as SnapshotHolder });
  const settle = (provider: string, model: string) =>
    new BatchedLines(context).settle({
      batch: { prices: half } as unknown as HandedBatch,
      reservation: UsageRecord.fromPartial({ tenant: 't', provider, model }),
      decision: Decision.fromPartial({ pool: 'pool' }),
      end: {
        outcome: 'ok',
        delivered: true,
        usage: { inputTokens: 1_000, estimated: false },
        httpStatus: 200,
      },
      after: 'line has ended',
      detail: '',
    });
  settle('openai', 'm');
  settle('dear', 'large');
  // 1,000 tokens at 10 USD, and at 0.5 USD, per million.
  expect(booked.map(({ savedNanoUsd }) => savedNanoUsd)).toEqual([9_500_000n, undefined]);
});

test.each([
  ['goes back is no request: it is one when it is asked again', 'line goes back', 0],
  ['has ended is one that failed', 'line has ended', DecisionOutcome.FALLBACK_EXHAUSTED],
] as const)('a line that %s', (_, after, requestOutcome) => {
  const { context, booked } = contextOf();
  new BatchedLines(context).settle({
    batch: { prices: half } as unknown as HandedBatch,
    reservation: UsageRecord.fromPartial({ leases: [{ budget: 1n, amount: 9n }] }),
    decision: Decision.fromPartial({}),
    end: { outcome: 'timeout', delivered: false, usage: undefined, httpStatus: undefined },
    after,
    detail: '',
  });
  expect(booked).toMatchObject([{ requestOutcome, reserved: [{ budget: 1n, amount: 9n }] }]);
});

test('a line that was not sent takes nothing of any budget, nor of one that counts requests', () => {
  const { context, booked } = contextOf();
  const leases = [1n, 2n].map((budget) => ({ budget, windowStartMs: 0n, amount: 1n }));
  const reserved = { reservation: UsageRecord.fromPartial({ leases }), budgets: { settle: () => undefined } };
  new BatchedLines(context).giveBack(reserved as unknown as ReservedLine);
  expect(booked).toMatchObject([
    { outcome: 'not_sent', leases: leases.map((lease) => ({ ...lease, amount: 0n })) },
  ]);
});
