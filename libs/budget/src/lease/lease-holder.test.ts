import { expect, test } from 'vitest';
import { exchangeLeases } from './exchange-leases.ts';
import { leaseKeyText } from './lease.ts';
import { type Charge, LeaseHolder } from './lease-holder.ts';
import { WindowAccount } from './window-account.ts';

const VALID_MS = 10_000;
const REMEMBER_MS = 5_000;
const at = (ms: number) => ({ monotonicMs: ms, wallMs: ms });
const charge = (amount: bigint, budget = 1): Charge => ({
  budget,
  startMs: 0,
  endMs: Number.POSITIVE_INFINITY,
  amount,
});

function ofLimits(...limits: bigint[]) {
  const windows = new Map(
    limits.map((limit, i) => [
      leaseKeyText({ budget: i + 1, startMs: 0 }),
      new WindowAccount({ isOpen: true, limit, spent: 0n, leases: new Map() }),
    ]),
  );
  const holder = (owner: string) => new LeaseHolder({ owner, validMs: VALID_MS, rememberMs: REMEMBER_MS });
  const exchange = (one: LeaseHolder, waiting: readonly (readonly Charge[])[] = [], ms = 0) => {
    const answer = exchangeLeases(one.plan(waiting, at(ms)), { windows, replicas: 2 });
    one.apply(answer, at(ms));
    return answer;
  };
  return { windows, holder, exchange };
}

test('an attempt that finds nothing asks, and has it then', () => {
  const { holder, exchange } = ofLimits(100n);
  const one = holder('a');
  expect(one.reserve([charge(10n)], at(0)).kind).toBe('stale');
  exchange(one);
  expect(one.reserve([charge(10n)], at(1)).kind).toBe('short');
  expect(exchange(one, [[charge(10n)]]).asks).toEqual([{ kind: 'granted' }]);
  expect(one.reserve([charge(10n)], at(2)).kind).toBe('reserved');
});

test('of several budgets all or none is taken, here and at the grantor', () => {
  const { windows, holder, exchange } = ofLimits(100n, 5n);
  const one = holder('a');
  const { asks } = exchange(one, [[charge(10n, 1), charge(10n, 2)]]);
  expect(asks).toMatchObject([{ kind: 'short', window: { budget: 2, limit: 5n, spent: 0n } }]);
  expect(windows.get('1@0')?.leased).toBe(0n);
  exchange(one, [[charge(10n, 1)]]);
  const { room } = one.window({ budget: 1, startMs: 0 }) ?? { room: 0n };
  expect(one.reserve([charge(10n, 1), charge(10n, 2)], at(1)).kind).toBe('short');
  expect(one.window({ budget: 1, startMs: 0 })?.room).toBe(room);
});

test('what two attempts lack is asked for twice', () => {
  const { holder, exchange } = ofLimits(15n);
  const answer = exchange(holder('a'), [[charge(10n)], [charge(10n)]]);
  expect(answer.asks.map(({ kind }) => kind)).toEqual(['granted', 'short']);
});

test('what an attempt did not need is there for the next one, at once', () => {
  const { holder, exchange } = ofLimits(10n);
  const one = holder('a');
  exchange(one, [[charge(10n)]]);
  const reserved = one.reserve([charge(10n)], at(1));
  if (reserved.kind !== 'reserved') throw new Error('not reserved');
  expect(one.reserve([charge(4n)], at(1)).kind).toBe('short');
  one.settle(reserved, [6n]);
  expect(one.reserve([charge(4n)], at(1)).kind).toBe('reserved');
  expect(one.reserve([charge(1n)], at(1)).kind).toBe('short');
});

test('an attempt that is not made gives back all', () => {
  const { holder, exchange } = ofLimits(10n);
  const one = holder('a');
  exchange(one, [[charge(10n)]]);
  const reserved = one.reserve([charge(10n)], at(1));
  if (reserved.kind !== 'reserved') throw new Error('not reserved');
  one.cancel(reserved);
  expect(one.reserve([charge(10n)], at(1)).kind).toBe('reserved');
});

test('what lies idle for five seconds goes back, but not what is held', () => {
  const { windows, holder, exchange } = ofLimits(100n);
  const one = holder('a');
  exchange(one, [[charge(10n)]]);
  one.reserve([charge(4n)], at(1));
  exchange(one, [], 4_000);
  expect(windows.get('1@0')?.leased).toBeGreaterThan(4n);
  exchange(one, [], 5_002);
  expect(windows.get('1@0')?.leased).toBe(4n);
});

test('what is recalled goes back at once, and others get it', () => {
  const { holder, exchange } = ofLimits(10n);
  const [one, other] = [holder('a'), holder('b')];
  exchange(one, [[charge(10n)]]);
  expect(exchange(other, [[charge(10n)]]).asks).toMatchObject([{ kind: 'short', othersHave: true }]);
  one.recall({ budget: 1, startMs: 0 });
  exchange(one, [], 1);
  expect(exchange(other, [[charge(10n)]], 2).asks).toEqual([{ kind: 'granted' }]);
});

test.each([
  ['monotonic', { monotonicMs: VALID_MS + 1, wallMs: 0 }],
  ['wall', { monotonicMs: 0, wallMs: VALID_MS + 1 }],
])('leases run out by the %s clock, whichever is ahead', (_clock, now) => {
  const { holder, exchange } = ofLimits(10n);
  const one = holder('a');
  exchange(one, [[charge(10n)]]);
  expect(one.reserve([charge(1n)], now).kind).toBe('stale');
});

test('a window that has ended gives all back and does not come again', () => {
  const { windows, holder } = ofLimits(10n);
  const one = holder('a');
  const ending: Charge = { ...charge(10n), endMs: 1_000 };
  const exchange = (ms: number, waiting: Charge[][] = []) =>
    one.apply(exchangeLeases(one.plan(waiting, at(ms)), { windows, replicas: 1 }), at(ms));
  exchange(0, [[ending]]);
  const reserved = one.reserve([ending], at(999));
  if (reserved.kind !== 'reserved') throw new Error('not reserved');
  exchange(1_500);
  one.settle(reserved, [3n]);
  exchange(1_600);
  // A clock that is set back a little finds it as it was.
  expect(one.window(ending)).toMatchObject({ used: 3n, room: 0n });
  exchange(1_600 + REMEMBER_MS);
  expect(windows.get('1@0')?.leases.get('a')).toMatchObject({ granted: 10n, returned: 7n });
  expect(one.window(ending)).toBeUndefined();
  // The clock has gone back far: nothing of it is taken, asked for or given back any more.
  expect(one.reserve([ending], at(900)).kind).toBe('short');
  expect(one.plan([[ending]], at(900))).toMatchObject({ leases: [], asks: [[{ amount: 0n }]] });
});

test('what is recalled is not asked for again by the same exchange', () => {
  const { windows, holder, exchange } = ofLimits(1_000n);
  const one = holder('a');
  exchange(one, [[charge(10n)]]);
  one.recall({ budget: 1, startMs: 0 });
  exchange(one);
  expect(windows.get('1@0')?.leased).toBe(0n);
});

test('what has nothing left to tell is not told, and a budget that is gone neither', () => {
  const { holder, exchange } = ofLimits(10n, 10n);
  const one = holder('a');
  exchange(one, [[charge(10n, 1)], [charge(10n, 2)]]);
  const reserved = one.reserve([charge(10n, 1)], at(1));
  if (reserved.kind !== 'reserved') throw new Error('not reserved');
  expect(one.plan([], at(2)).leases.map(({ budget }) => budget)).toEqual([1, 2]);
  one.retain((budget) => budget === 1);
  one.settle(reserved, [10n]);
  exchange(one, [], 6_000);
  expect(one.plan([], at(6_001)).leases).toEqual([]);
  // It was not gone after all: what is left of it goes back.
  one.retain(() => true);
  expect(one.plan([], at(6_002)).leases).toMatchObject([{ budget: 2, returned: 10n }]);
});
