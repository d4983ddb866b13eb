import { nanoUsd } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { BudgetIndex } from '../budget/budget-index.ts';
import { countUsage } from '../budget/count-usage.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { NumberedRecord } from './read-usage-batch.ts';
import { batchedCallsOf, countOnce } from './settled-before.ts';

const HELD = 900n;
const COST = 250n;
const ALL = { keyId: '', provider: '', model: '', service: '', agent: '', workflow: '' };
const budgets = new BudgetIndex(
  (['cost', 'requests'] as const).map((unit, i) => ({
    ...{ tenant: 'acme', id: unit, description: '', scope: ALL, unit, limit: 10_000n, refuses: true },
    ...{ rule: { period: 'total', timeZone: 'UTC' }, alertPercents: [], receivers: [], actions: [] },
    ...{ number: i + 1, throttle: undefined, createdAt: new Date(0), updatedAt: new Date(0) },
  })),
);
const uses = (costNanoUsd: bigint, requests: bigint) => [
  { budget: 1, startMs: 0, amount: costNanoUsd },
  { budget: 2, startMs: 0, amount: requests },
];

function told(outboxId: string, change: Partial<LedgerEntry>): NumberedRecord {
  const value = {
    ...{ batch: true, attemptId: 'a', attemptIndex: 0, cache: '', tenant: 'acme', occurredAtMs: 0, ...ALL },
    ...{ line: 'waste', outcome: 'timeout', amountNanoUsd: nanoUsd(0n), leases: [], reserved: [], ...change },
  } as unknown as LedgerEntry;
  return { ...{ outboxId, sequence: 1, digest: '', bytes: Buffer.alloc(0) }, verdict: { ok: true, value } };
}

/** Of who submitted it: what was set aside; where it died before that was written, that nothing was sent. */
const setAside = told('submitter', { line: 'reserved', outcome: 'reserved', leases: uses(HELD, 1n) });
const notSent = told('submitter', { outcome: 'not_sent', leases: uses(0n, 0n) });
const answered = {
  line: 'charge',
  outcome: 'ok',
  requestOutcome: 'complete',
  amountNanoUsd: nanoUsd(COST),
} as const;
const endBy = (outboxId: string, change: Partial<LedgerEntry>) =>
  told(outboxId, { ...change, reserved: uses(HELD, 1n), savedNanoUsd: nanoUsd(1n) });

/** What budgets and leases have after records came, in as many commits as there are lists of them. */
function countedAfter(commits: readonly (readonly NumberedRecord[])[]) {
  const booked: LedgerEntry[] = [];
  const sums = new Map<string, bigint>();
  const add = (name: string, amount: bigint) => sums.set(name, (sums.get(name) ?? 0n) + amount);
  for (const records of commits) {
    const idsOf = (is: (entry: LedgerEntry) => boolean) =>
      new Set(booked.filter(is).map(({ attemptId }) => attemptId));
    const once = countOnce(records, {
      ended: idsOf(({ line }) => line !== 'reserved'),
      setAside: idsOf(({ line, outcome }) => line === 'reserved' && outcome !== 'settled_before'),
    });
    const entries = batchedCallsOf(once).map(({ record, entry }) => ({ outboxId: record.outboxId, entry }));
    const { windows, leases } = countUsage(entries, budgets);
    for (const { budget, amount } of windows) add(`window ${budget}`, amount);
    for (const { budget, owner, amount } of leases) add(`lease ${budget} of ${owner}`, amount);
    for (const { entry } of entries) {
      add('cost', entry.amountNanoUsd ?? 0n);
      add('saved', entry.savedNanoUsd ?? 0n);
      booked.push(entry);
    }
  }
  return Object.fromEntries(sums);
}

function ordersOf<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((one, i) => ordersOf(all.toSpliced(i, 1)).map((rest) => [one, ...rest]));
}

test.each([
  [
    'that was set aside counts as what it used',
    [setAside, endBy('heir', answered), endBy('next heir', answered)],
    { cost: COST, requests: 1n, lease: HELD, saved: 1n },
  ],
  [
    'whose submitter died before it was set aside takes nothing back',
    [notSent, endBy('heir', { outcome: 'not_sent' }), endBy('next heir', { outcome: 'not_sent' })],
    { cost: 0n, requests: 0n, lease: 0n, saved: undefined },
  ],
])(
  'a call %s, in every order, in one commit or in several',
  (_, records, { cost, requests, lease, saved }) => {
    for (const order of ordersOf(records))
      for (const commits of [[order], order.map((one) => [one]), [order.slice(0, 2), order.slice(2)]]) {
        const counted = countedAfter(commits);
        expect(counted).toMatchObject({
          ...{ 'window 1': cost, 'window 2': requests, cost },
          ...{ 'lease 1 of submitter': lease, 'lease 2 of submitter': requests },
        });
        if (saved !== undefined) expect(counted.saved).toBe(saved);
      }
  },
);

test('a call counts as what it used while nobody has told what was set aside for it', () => {
  expect(countedAfter([[endBy('heir', answered)]])).toMatchObject({ 'window 1': COST, 'window 2': 1n });
});
