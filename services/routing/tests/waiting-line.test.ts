import { beforeEach, expect, test } from 'vitest';
import { type Waiter, WaitingLine } from '../src/runtime/budgets/waiting-line.ts';
import { callOf } from './support/budget-installation.ts';

let line: WaitingLine;
beforeEach(() => {
  line = new WaitingLine(8);
});

function add(tenant: string, nth: bigint): Waiter {
  const call = callOf(nth, { tenant });
  const waiter = { call, covering: [], sinceMs: 0, answer: undefined, end: () => undefined };
  line.add(waiter);
  return waiter;
}

test('tenants take turns, each in the order in which its own came', () => {
  const [a1, a2, a3, b1, c1] = [add('a', 1n), add('a', 2n), add('a', 3n), add('b', 1n), add('c', 1n)];
  expect(line.all()).toEqual([a1, b1, c1, a2, a3]);
  line.remove(b1 as Waiter);
  line.remove(a1 as Waiter);
  expect(line.all()).toEqual([a2, c1, a3]);
});

test('no tenant takes more places than it leaves free', () => {
  for (let i = 0n; i < 4n; i++) {
    expect(line.isFullFor('a')).toBe(false);
    add('a', i);
  }
  expect(line.isFullFor('a')).toBe(true);
  expect(line.isFullFor('b')).toBe(false);
  add('b', 1n);
  add('b', 2n);
  expect(line.isFullFor('b')).toBe(true);
  expect(line.isFullFor('c')).toBe(false);
});
