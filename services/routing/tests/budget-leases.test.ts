import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BudgetBook } from '../src/domain/budget/budget-book.ts';
import type { BudgetAdmission } from '../src/runtime/budgets/budget-admission.ts';
import type { BudgetHold } from '../src/runtime/budgets/budget-hold.ts';
import { BudgetInstallation, type BudgetReplica, callOf } from './support/budget-installation.ts';
import { budget } from './support/budgets.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const kindOf = ({ kind }: BudgetAdmission) => kind;
const admit = async ({ leases }: BudgetReplica, ...call: Parameters<typeof callOf>) =>
  leases.admit(callOf(...call));

/** What came of calls, once nobody waits any more. */
async function outcomes(asked: readonly Promise<BudgetAdmission>[]): Promise<BudgetAdmission[]> {
  await vi.advanceTimersByTimeAsync(2_001);
  return Promise.all(asked);
}

async function holdOf(admission: BudgetAdmission | Promise<BudgetAdmission>): Promise<BudgetHold> {
  await vi.advanceTimersByTimeAsync(200);
  const ended = await admission;
  if (ended.kind !== 'admitted') throw new Error(`it is ${ended.kind}`);
  return ended.hold;
}

test('of 200 at once on room for 10 at four replicas ten get through, and the others hear how it stands', async () => {
  const installation = new BudgetInstallation([budget({ limit: 10n })]);
  for (let i = 0; i < 4; i++) await installation.start();
  const asked = Array.from({ length: 200 }, (_, i) =>
    admit(installation.replicas[i % 4] as BudgetReplica, 1n),
  );
  const ended = await outcomes(asked);
  expect(ended.filter(({ kind }) => kind === 'admitted')).toHaveLength(10);
  const refused = ended.filter(({ kind }) => kind !== 'admitted');
  expect(new Set(refused.map(kindOf))).toEqual(new Set(['refused']));
  expect(refused[0]).toMatchObject({
    refusal: { kind: 'exceeded', budget: { id: 'b' }, limit: 10n, spent: 0n, leased: 10n, needed: 1n },
  });
});

test('what one replica has and does not use gets to another one that needs it', async () => {
  const installation = new BudgetInstallation([budget({ limit: 100n })]);
  const [one, other] = [await installation.start(), await installation.start()];
  const small = await holdOf(one.leases.admit(callOf(5n)));
  expect(installation.account().leases.get('o0')?.granted).toBeGreaterThan(5n);
  const large = await holdOf(other.leases.admit(callOf(95n)));
  expect(large.uses).toEqual([{ budget: 1n, windowStartMs: 0n, amount: 95n }]);
  expect(small.uses).toMatchObject([{ amount: 5n }]);
});

test('who does not wait for others is refused by the first answer', async () => {
  const installation = new BudgetInstallation([budget({ limit: 100n })]);
  const [one, other] = [await installation.start(), await installation.start()];
  await holdOf(one.leases.admit(callOf(5n)));
  installation.replicas.splice(0, 1);
  const asked = other.leases.admit(callOf(95n, { patience: 'exchange' }));
  await vi.advanceTimersByTimeAsync(1);
  expect(kindOf(await asked)).toBe('refused');
  expect(kindOf(await admit(other, 95n, { patience: 'none' }))).toBe('unchecked');
});

test('others are asked again for 100 ms, about every 25', async () => {
  const installation = new BudgetInstallation([budget({ limit: 100n })]);
  const [one, other] = [await installation.start(), await installation.start()];
  await holdOf(one.leases.admit(callOf(60n)));
  other.sent.splice(0);
  const asked = other.leases.admit(callOf(95n));
  await vi.advanceTimersByTimeAsync(99);
  expect(other.waits).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(kindOf(await asked)).toBe('refused');
  expect(other.sent.length).toBeGreaterThan(2);
  expect(other.sent.length).toBeLessThan(6);
  expect(other.waits).toEqual([{ durationMs: 100, outcome: 'refused' }]);
});

test('with room, and without a budget that counts it, nothing is waited for or sent', async () => {
  const installation = new BudgetInstallation([budget({ limit: 1_000n })]);
  const replica = await installation.start();
  await holdOf(replica.leases.admit(callOf(10n)));
  replica.sent.splice(0);
  for (let i = 0; i < 5; i++) expect(replica.leases.admit(callOf(10n))).toMatchObject({ kind: 'admitted' });
  const free = replica.leases.admit(callOf(10n, { tenant: 'u' }));
  expect(free).toMatchObject({ kind: 'admitted', hold: { uses: [] } });
  await vi.advanceTimersByTimeAsync(100);
  expect(replica.sent).toEqual([]);
});

test('of several budgets none is held where one has too little', async () => {
  const budgets = [budget(), budget({ number: 2, tenant: '', limit: 5n })];
  const installation = new BudgetInstallation(budgets);
  const replica = await installation.start();
  const [refused] = await outcomes([admit(replica, 10n)]);
  expect(refused).toMatchObject({ refusal: { budget: { number: 2 }, limit: 5n } });
  await holdOf(replica.leases.admit(callOf(1_000n, { keyId: 'k', mostUsed: () => 5n })));
  expect(installation.account().leased).toBeGreaterThanOrEqual(5n);
});

test('what is not used is there for who waits, once, however often it is given back', async () => {
  const installation = new BudgetInstallation([budget({ limit: 10n })]);
  const replica = await installation.start();
  const hold = await holdOf(replica.leases.admit(callOf(10n)));
  // Another replica has nothing to give: whoever waits is refused by the answer, so it is held back.
  let goOn: () => void = () => undefined;
  installation.onExchange = () => new Promise((resolve) => (goOn = resolve));
  const waiting = [admit(replica, 6n), admit(replica, 6n)];
  replica.waits.splice(0);
  hold.settle([{ budget: 1n, windowStartMs: 0n, amount: 4n }]);
  hold.cancel();
  hold.settle([{ budget: 1n, windowStartMs: 0n, amount: 0n }]);
  await vi.advanceTimersByTimeAsync(50);
  expect(replica.waits.map(({ outcome }) => outcome)).toEqual(['admitted']);
  installation.onExchange = () => Promise.resolve();
  goOn();
  expect((await outcomes(waiting)).map(kindOf)).toEqual(['admitted', 'refused']);
});

test('after 60 s without an exchange one is tried: where it fails nothing may be spent', async () => {
  const installation = new BudgetInstallation([budget()]);
  const replica = await installation.start();
  await holdOf(replica.leases.admit(callOf(10n)));
  await vi.advanceTimersByTimeAsync(60_001);
  installation.onExchange = () => Promise.reject(new Error('away'));
  replica.sent.splice(0);
  replica.waits.splice(0);
  const waiting = admit(replica, 1n);
  await vi.advanceTimersByTimeAsync(1);
  expect(replica.waits).toMatchObject([{ outcome: 'unchecked' }]);
  expect((await outcomes([waiting])).map(kindOf)).toEqual(['unchecked']);
  expect(replica.sent).toHaveLength(1);
  installation.onExchange = () => Promise.resolve();
  expect((await outcomes([admit(replica, 1n)])).map(kindOf)).toEqual(['admitted']);
});

test('nobody waits longer than two seconds for an answer, and no more than 500 of a tenant wait', async () => {
  const installation = new BudgetInstallation([budget()]);
  const replica = await installation.start();
  installation.onExchange = () => new Promise(() => undefined);
  const waiting = Array.from({ length: 500 }, () => admit(replica, 1n));
  expect(replica.leases.admit(callOf(1n))).toEqual({ kind: 'unchecked' });
  await vi.advanceTimersByTimeAsync(1_999);
  expect(replica.waits).toEqual([]);
  await vi.advanceTimersByTimeAsync(2);
  expect(new Set((await Promise.all(waiting)).map(kindOf))).toEqual(new Set(['unchecked']));
});

test('who comes later does not take what one who waits was granted', async () => {
  const installation = new BudgetInstallation([budget({ limit: 14n })]);
  const replica = await installation.start();
  await holdOf(replica.leases.admit(callOf(4n)));
  let goOn: () => void = () => undefined;
  installation.onExchange = () => new Promise((resolve) => (goOn = resolve));
  const large = admit(replica, 10n);
  await vi.advanceTimersByTimeAsync(1);
  const small = admit(replica, 1n);
  await vi.advanceTimersByTimeAsync(1);
  installation.onExchange = () => Promise.resolve();
  goOn();
  expect((await outcomes([large, small])).map(kindOf)).toEqual(['admitted', 'refused']);
});

test('a window that is no more is charged no more once the new book is there', async () => {
  const installation = new BudgetInstallation([budget({ windows: [{ startMs: 0, endMs: 1_000 }] })]);
  const replica = await installation.start();
  replica.leases.setTime({ nowMs: 2_000, asked: replica.leases.ownTime() });
  const waiting = admit(replica, 1n);
  await vi.advanceTimersByTimeAsync(10);
  const next = budget({ windows: [{ startMs: 1_000, endMs: 1_000_000 }] });
  installation.open([next]);
  replica.leases.setBook(new BudgetBook('2', [next]));
  const hold = await holdOf(waiting);
  expect(hold.uses).toEqual([{ budget: 1n, windowStartMs: 1_000n, amount: 1n }]);
});

test('a window ends by the monotonic clock: a wall clock that is set ends none', async () => {
  const windows = [
    { startMs: 0, endMs: 1_000 },
    { startMs: 1_000, endMs: 10_000 },
  ];
  const installation = new BudgetInstallation([budget({ windows })]);
  const replica = await installation.start();
  replica.leases.setTime({ nowMs: 0, asked: replica.leases.ownTime() });
  const startOf = async () => (await holdOf(replica.leases.admit(callOf(1n)))).uses[0]?.windowStartMs;
  expect(await startOf()).toBe(0n);
  vi.setSystemTime(Date.now() + 1_500);
  expect(await startOf()).toBe(0n);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await startOf()).toBe(1_000n);
});

test('at the end all that is unused goes back', async () => {
  const installation = new BudgetInstallation([budget()]);
  const replica = await installation.start();
  const hold = await holdOf(replica.leases.admit(callOf(10n)));
  hold.settle([{ budget: 1n, windowStartMs: 0n, amount: 3n }]);
  expect(installation.account().leased).toBeGreaterThan(10n);
  replica.leases.recallAll();
  await replica.exchange();
  expect(installation.account().leased).toBe(3n);
});

test('a tenant that has no place left to wait overtakes nobody who waits for the same budget', async () => {
  const installation = new BudgetInstallation([budget({ tenant: '', limit: 10n })]);
  const replica = await installation.start();
  const hold = await holdOf(replica.leases.admit(callOf(10n)));
  installation.onExchange = () => new Promise(() => undefined);
  const waits = replica.leases.admit(callOf(10n, { tenant: 'u' }));
  const flood = Array.from({ length: 600 }, () => replica.leases.admit(callOf(10n)));
  expect(flood.at(-1)).toEqual({ kind: 'unchecked' });
  hold.cancel();
  expect(replica.leases.admit(callOf(10n))).toEqual({ kind: 'unchecked' });
  await vi.advanceTimersByTimeAsync(1);
  expect(kindOf(await waits)).toBe('admitted');
  await outcomes(flood.map(async (one) => one));
});
