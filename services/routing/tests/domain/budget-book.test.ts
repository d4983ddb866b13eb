import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BoundBudget } from '../../src/domain/budget/bound-budget.ts';
import { BudgetBook } from '../../src/domain/budget/budget-book.ts';
import { chargesOf } from '../../src/domain/budget/budget-charge.ts';
import { budget } from '../support/budgets.ts';

const aName = fc.constantFrom('', 'a', 'b');
const aBudget = fc
  .record({
    tenant: fc.constantFrom('', 't', 'u'),
    scope: fc.record({ keyId: aName, provider: aName, model: aName }),
    unit: fc.constantFrom('cost', 'requests', 'tokens'),
  })
  .map((traits) => traits as Pick<BoundBudget, 'tenant' | 'scope' | 'unit'>);
const aCall = fc.record({
  tenant: fc.constantFrom('t', 'u', 'v'),
  keyId: fc.constantFrom('a', 'b', 'c'),
  provider: fc.constantFrom('a', 'b', 'c'),
  model: fc.constantFrom('a', 'b', 'c'),
});

test('a call is counted by the budgets of its tenant and of the installation that match in all that they state, and by no others', () => {
  fc.assert(
    fc.property(fc.array(aBudget, { maxLength: 40 }), aCall, (traits, call) => {
      const budgets = traits.map((one, i) => budget({ ...one, number: i + 1 }));
      const matches = (stated: string, is: string) => stated === '' || stated === is;
      const naive = budgets.filter(
        ({ tenant, scope }) =>
          matches(tenant, call.tenant) &&
          matches(scope.keyId, call.keyId) &&
          matches(scope.provider, call.provider) &&
          matches(scope.model, call.model),
      );
      const found = new BudgetBook('1', budgets).covering(call);
      expect(found.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
        naive.map(({ number }) => number),
      );
    }),
    { numRuns: 2_000 },
  );
});

const minutes = budget({
  windows: [
    { startMs: 0, endMs: 60_000 },
    { startMs: 60_000, endMs: 120_000 },
  ],
});

test.each([
  ['in its present window', 59_999, [{ startMs: 0, endMs: 60_000 }]],
  ['in its next one from the moment that it begins', 60_000, [{ startMs: 60_000, endMs: 120_000 }]],
])('an attempt is charged to a budget %s', (_which, wallMs, windows) => {
  expect(chargesOf([minutes], () => 7n, wallMs)).toMatchObject({
    kind: 'charged',
    charges: windows.map((window) => ({ ...window, amount: 7n })),
  });
});

test('a book whose windows have all ended is outdated, and one without a bound of what is used cannot be kept', () => {
  expect(chargesOf([minutes], () => 7n, 120_000)).toEqual({ kind: 'outdated' });
  expect(chargesOf([minutes], () => undefined, 0)).toEqual({ kind: 'unbounded', budget: minutes });
});

test('a later attempt of a request is not charged as a request, and what costs nothing is charged as nothing', () => {
  const requests = budget({ number: 2, unit: 'requests' });
  const charged = chargesOf([minutes, requests], () => 0n, 0);
  expect(charged).toMatchObject({ kind: 'charged', charges: [{ budget: 1, amount: 0n }] });
});
