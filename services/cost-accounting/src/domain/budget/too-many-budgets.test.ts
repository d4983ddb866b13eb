import { expect, test } from 'vitest';
import { type CountedBudget, findTooMany } from './too-many-budgets.ts';

const one = (change: Partial<CountedBudget> = {}): CountedBudget => ({
  ...{ tenant: 'acme', scope: { keyId: '' }, refuses: false, actions: [] },
  ...change,
});
const many = (n: number, change: Partial<CountedBudget> = {}) => new Array(n).fill(one(change));
const refuses = { refuses: true };
const throttles = { actions: [{ kind: 'throttle', atPercent: 50, requestsPerMinute: 1 }] } as const;

test.each([
  ['1,000 of an owner', [...many(1_000), ...many(1_000, { tenant: '' })], undefined],
  ['1,001 of an owner', many(1_001), '1000 budgets'],
  ['16 that bind', [...many(15, refuses), ...many(1, throttles)], undefined],
  [
    '17 that bind',
    [...many(16, refuses), ...many(1, throttles)],
    '16 budgets that refuse or throttle, of no key',
  ],
  [
    'one that refuses and throttles',
    many(9, { ...refuses, ...throttles }),
    '16 budgets that refuse or throttle, of no key',
  ],
  ['16 of each key', [...many(16, refuses), ...many(16, { ...refuses, scope: { keyId: 'k' } })], undefined],
  [
    '17 of a key',
    many(17, { ...refuses, scope: { keyId: 'k' } }),
    '16 budgets that refuse or throttle, of one key',
  ],
])('%s', (_what, budgets, expected) => {
  expect(findTooMany(budgets)).toBe(expected);
});
