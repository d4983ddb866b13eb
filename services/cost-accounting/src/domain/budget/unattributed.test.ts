import { expect, test } from 'vitest';
import type { Budget, BudgetScope } from './budget.ts';
import { type HeldLease, unattributedCosts } from './unattributed.ts';

let number = 0;
const held = (
  tenant: string,
  amount: bigint,
  { unit = 'cost', ...scope }: Partial<BudgetScope> & { readonly unit?: Budget['unit'] } = {},
): HeldLease => {
  const all = { keyId: '', provider: '', model: '', service: '', agent: '', workflow: '' };
  number += 1;
  const budget = { number, tenant, unit, scope: { ...all, ...scope }, throttle: undefined } as Budget;
  return { budget, startMs: 0, amount };
};
const costs = (...leases: HeldLease[]) => Object.fromEntries(unattributedCosts(leases));

test('one call that is held in several budgets is booked once', () => {
  expect(costs(held('a', 10n))).toEqual({ a: 10n });
  expect(costs(held('a', 10n), held('a', 7n))).toEqual({ a: 7n });
  expect(costs(held('a', 10n), held('a', 6n, { keyId: 'k' }), held('', 10n))).toEqual({ a: 10n });
});

test('windows of one budget, and budgets of other keys, add up; without one of all calls the kind that holds the most counts', () => {
  const day = held('a', 4n);
  expect(costs(day, { ...day, startMs: 1, amount: 3n })).toEqual({ a: 7n });
  expect(
    costs(held('a', 4n, { keyId: 'k' }), held('a', 5n, { keyId: 'l' }), held('a', 6n, { provider: 'p' })),
  ).toEqual({ a: 9n });
});

test('what only budgets of the installation hold is the installation’s; requests, tokens and throttles are no money', () => {
  expect(costs(held('a', 4n), held('b', 3n), held('', 10n))).toEqual({ a: 4n, b: 3n, installation: 3n });
  expect(costs(held('a', 4n, { unit: 'tokens' }))).toEqual({});
  const throttle = held('a', 4n);
  expect(costs({ ...throttle, budget: { ...throttle.budget, throttle: { of: 1, atPercent: 50 } } })).toEqual(
    {},
  );
});
