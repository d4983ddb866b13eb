import { expect, test } from 'vitest';
import { WindowAccount } from './window-account.ts';

const account = (limit: bigint, spent = 0n) =>
  new WindowAccount({ isOpen: true, limit, spent, leases: new Map() });

test('a slice is half of an equal share, no more than is soon needed, at least one hold, and for whole holds', () => {
  expect(account(1_000_000n).grant('a', { meanHold: 10_000n, replicas: 4 })).toBe(120_000n);
  expect(account(1_000_000n).grant('a', { meanHold: 10n, replicas: 4 })).toBe(10_000n);
  expect(account(1_000n).grant('a', { meanHold: 900n, replicas: 4 })).toBe(900n);
});

test('of a budget for ten holds four replicas make ten, and no parts of them lie unused', () => {
  const few = account(1_000n);
  const granted = Array.from({ length: 10 }, (_, i) =>
    few.grant(`replica ${i % 4}`, { needed: 100n, meanHold: 100n, replicas: 4 }),
  );
  expect(granted).toEqual(Array(10).fill(100n));
  expect(few.left).toBe(0n);
  expect(account(1_000n).grant('a', { needed: 60n, meanHold: 100n, replicas: 4 })).toBe(60n);
});

test('what an attempt needs is granted whole or not at all', () => {
  const few = account(100n);
  expect(few.grant('a', { needed: 60n, meanHold: 60n, replicas: 2 })).toBe(60n);
  expect(few.grant('b', { needed: 60n, meanHold: 60n, replicas: 2 })).toBe(0n);
  expect(few.grant('b', { needed: 40n, meanHold: 60n, replicas: 2 })).toBe(40n);
  expect(few.left).toBe(0n);
});

test('usage moves from leased to spent, and nothing else does', () => {
  const window = account(1_000n);
  window.grant('a', { needed: 300n, meanHold: 1n, replicas: 1 });
  const { left } = window;
  window.spend('a', 100n);
  expect(window.spent).toBe(100n);
  expect(window.left).toBe(left);
});

test('usage above a lease and usage without one are spent, too', () => {
  const window = account(100n);
  window.grant('a', { needed: 100n, meanHold: 100n, replicas: 1 });
  window.spend('a', 130n);
  window.spend(undefined, 5n);
  expect(window.spent).toBe(135n);
  expect(window.leased).toBe(0n);
  expect(window.left).toBe(-35n);
  expect(window.grant('b', { meanHold: 1n, replicas: 1 })).toBe(0n);
});

test('what is told again, or late, changes nothing', () => {
  const window = account(100n);
  window.grant('a', { needed: 100n, meanHold: 100n, replicas: 1 });
  window.told('a', { granted: 100n, returned: 40n });
  window.told('a', { granted: 100n, returned: 40n });
  window.told('a', { granted: 60n, returned: 10n });
  expect(window.left).toBe(40n);
});

test('a replica that was granted more than the store remembers has it', () => {
  const window = account(100n);
  window.told('a', { granted: 70n, returned: 0n });
  expect(window.left).toBe(30n);
});

test('the rest of a replica that is gone is there again, but not what the ledger still gets', () => {
  const window = account(100n);
  window.grant('a', { needed: 80n, meanHold: 80n, replicas: 1 });
  window.spend('a', 30n);
  window.close('a');
  expect(window.left).toBe(70n);
  window.close('nobody');
  expect(window.left).toBe(70n);
});

test('a window that is over grants nothing', () => {
  const over = new WindowAccount({ isOpen: false, limit: 100n, spent: 0n, leases: new Map() });
  expect(over.grant('a', { needed: 1n, meanHold: 1n, replicas: 1 })).toBe(0n);
});
