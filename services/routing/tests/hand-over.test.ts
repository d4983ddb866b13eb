import { ServiceError } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import { beforeEach, expect, test, vi } from 'vitest';
import type { NewHandedBatch } from '../src/adapters/postgres-provider-batches.ts';
import { bookedPricesOf, offeringPriceOf } from '../src/adapters/price-book-message.ts';
import type { LineWork } from '../src/batch/ask-line.ts';
import type { BatchContext } from '../src/batch/batch-context.ts';
import { BatchPlaces } from '../src/batch/provider-batches/batch-places.ts';
import { HandOver } from '../src/batch/provider-batches/hand-over.ts';
import type { BatchLine } from '../src/domain/batch/read-line.ts';
import { operator } from './support/start-routing.ts';

const line = (number: number): BatchLine => ({ number, customId: `l${number}`, body: {} }) as BatchLine;
const lines = (count: number) => Array.from({ length: count }, (_, i) => line(i + 1));
const NOW_MS = 1_000_000;
const batch = {
  id: '00000000-0000-0000-0000-000000000000',
  providerBatches: 'auto',
  createdAtMs: NOW_MS,
  expiresAtMs: NOW_MS + 86_400_000,
};
const candidate = {
  offering: { provider: { id: 'p', key: 'p', endpoint: undefined }, model: 'm', tiers: [] },
};
const batched = { plan: vi.fn(), reserve: vi.fn(), giveBack: vi.fn(), setAside: vi.fn(), confirm: vi.fn() };
const handed = { prepare: vi.fn(), forget: vi.fn() };
let work: LineWork;

beforeEach(() => {
  vi.resetAllMocks();
  batched.plan.mockReturnValue({ kind: 'in a batch', line: { candidate, encoded: { body: '{}' } } });
  const none = new AbortController().signal;
  const stored = (store: () => unknown) => store();
  const lease = { leased: { batch }, lost: none, pause: none, stored, lose: () => undefined };
  const clock = { wallMs: () => NOW_MS, monotonicMs: () => 0 };
  work = {
    lease,
    endpoint: { operationOf: () => Promise.resolve({}) },
    owner: () => Promise.resolve(operator as Principal),
    isSetAside: () => Promise.resolve(false),
    places: new BatchPlaces({ batch } as never, { clock, random: () => 0, pauseMs: 1_000 }),
    submitting: new Set(),
  } as unknown as LineWork;
});

async function handOver(all: readonly BatchLine[], minLines: number): Promise<readonly BatchLine[]> {
  const context = {
    batched,
    handed,
    providerBatches: { minLines, pollMs: 1_000 },
  } as unknown as BatchContext;
  const over = new HandOver(work, context, 'first');
  const back: BatchLine[] = [];
  for (const one of all) back.push(...(await over.take(one)));
  return [...back, ...(await over.flush())];
}

test('where budgets have no room for all lines, all of it is given back, and each is asked by itself', async () => {
  batched.reserve.mockImplementation(() =>
    Promise.resolve(batched.reserve.mock.calls.length < 4 ? {} : undefined),
  );
  const all = lines(6);
  expect(await handOver(all, 1)).toEqual(all);
  expect(batched.giveBack).toHaveBeenCalledTimes(3);
  expect(handed.prepare).not.toHaveBeenCalled();
});

test('where the outbox takes no more, all of it is given back, and lines wait for a better moment', async () => {
  batched.reserve.mockImplementation(() => {
    if (batched.reserve.mock.calls.length < 4) return Promise.resolve({});
    throw new ServiceError({
      reason: 'OUTBOX_FULL',
      code: 'RESOURCE_EXHAUSTED',
      retryable: true,
      publicMessage: '',
    });
  });
  expect(await handOver(lines(6), 1)).toEqual([]);
  expect(batched.giveBack).toHaveBeenCalledTimes(3);
  expect(work.places.waitMs).toBe(1_000);
});

test.each([
  ['the lease is lost while it is written down', () => undefined],
  [
    'the outbox takes no more, and the lease is lost before it is taken back',
    () => {
      handed.prepare.mockResolvedValue(true);
      batched.setAside.mockImplementation(() => {
        throw new ServiceError({ reason: 'OUTBOX_FULL', code: 'RESOURCE_EXHAUSTED', publicMessage: '' });
      });
    },
  ],
])('where %s, nothing of what was not sent stays set aside', async (_, lose) => {
  batched.reserve.mockResolvedValue({ line: { candidate, decided: { snapshot: { priceVersion: '1' } } } });
  lose();
  expect(await handOver(lines(6), 1)).toEqual([]);
  expect(handed.prepare).toHaveBeenCalledOnce();
  expect(batched.giveBack).toHaveBeenCalledTimes(6);
  expect(batched.confirm).not.toHaveBeenCalled();
});

test('every price that lines were held by is written down, those of other units than tokens too', async () => {
  const prices = { input: 1n, output: 2n };
  const unitPrices = { query: 5_000_000_000_000n };
  const priced = { offering: { ...candidate.offering, prices, unitPrices } };
  const decided = { snapshot: { priceVersion: '1' } };
  batched.reserve.mockResolvedValue({ line: { candidate: priced, decided } });
  await handOver(lines(2), 1);
  const [, made] = handed.prepare.mock.calls[0] as [unknown, NewHandedBatch];
  expect(made.prices).toEqual({ prices, tiers: [], unitPrices });
  expect(bookedPricesOf(offeringPriceOf({ provider: '', model: 'm' }, made.prices))).toMatchObject({
    prices,
    unitPrices,
  });
});

test('the fewest lines are those of the whole batch: what is left after full ones goes, too', async () => {
  batched.reserve.mockResolvedValue(undefined);
  const all = lines(2_003);
  expect(await handOver(all, 100)).toHaveLength(2_003);
  // No room for the 2,000, and then none for the 3: both were to be handed over.
  expect(batched.reserve).toHaveBeenCalledTimes(2);
});
