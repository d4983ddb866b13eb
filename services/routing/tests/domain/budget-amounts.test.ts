import { expect, test } from 'vitest';
import type { BudgetUnit } from '../../src/domain/budget/bound-budget.ts';
import { type BudgetCharge, heldUses, realUses } from '../../src/domain/budget/budget-charge.ts';
import { describeBudgetRefusal } from '../../src/domain/budget/budget-refusal.ts';
import { mostUsed, type PlannedAttempt } from '../../src/domain/budget/most-used.ts';
import { budget } from '../support/budgets.ts';
import { needs, offering } from './offerings.ts';

const charge = (unit: BudgetUnit): BudgetCharge => ({
  budget: 1,
  startMs: 60_000,
  endMs: 120_000,
  amount: 100n,
  of: budget({ unit }),
});

const used = (change: object) => ({ costNanoUsd: undefined, usage: undefined, ...change });

test.each([
  ['the cost', 'cost', { costNanoUsd: 40n }, 40n],
  ['a cost above the hold, as it is', 'cost', { costNanoUsd: 140n }, 140n],
  ['an unknown cost, as it was held', 'cost', {}, 100n],
  ['a request, as it was held', 'requests', { costNanoUsd: 0n }, 100n],
  [
    'input and output tokens',
    'tokens',
    { usage: { inputTokens: 20, outputTokens: 3, estimated: false } },
    23n,
  ],
  [
    'tokens of which a part is not known, as they were held',
    'tokens',
    { usage: { inputTokens: 20, estimated: true } },
    100n,
  ],
  ['no tokens where the provider did not work', 'tokens', { costNanoUsd: 0n }, 0n],
] as const)('what is settled is %s', (_what, unit, change, amount) => {
  expect(realUses([charge(unit)], used(change))).toEqual([{ budget: 1n, windowStartMs: 60_000n, amount }]);
});

test('what is held is listed by window', () => {
  expect(heldUses([charge('cost')])).toEqual([{ budget: 1n, windowStartMs: 60_000n, amount: 100n }]);
});

const planned: PlannedAttempt = {
  needs: needs({ inputTokenBound: 500, maxOutputTokens: 50 }),
  offering: offering({ provider: 'a', contextTokens: 400, maxOutputTokens: 40 }),
  maxCost: () => 9n,
  index: 0,
};

test.each<[string, PlannedAttempt, BudgetUnit, bigint | undefined]>([
  ['cost: the bound of its cost', planned, 'cost', 9n],
  ['cost without a bound: none', { ...planned, maxCost: () => undefined }, 'cost', undefined],
  ['requests: one with the first attempt', planned, 'requests', 1n],
  ['requests: none with a later one', { ...planned, index: 1 }, 'requests', 0n],
  ['tokens: as many as the model takes and gives', planned, 'tokens', 440n],
  [
    'tokens: as many as are sent and asked for',
    { ...planned, offering: offering({ provider: 'a' }) },
    'tokens',
    550n,
  ],
  [
    'tokens of an answer without a limit: no bound',
    {
      ...planned,
      needs: needs({ inputTokenBound: 500 }),
      offering: offering({ provider: 'a', maxOutputTokens: undefined }),
    },
    'tokens',
    undefined,
  ],
  [
    'tokens of an input without a bound where the context is not known: no bound',
    {
      ...planned,
      needs: needs({ inputTokenBound: Number.POSITIVE_INFINITY, maxOutputTokens: 5 }),
      offering: offering({ provider: 'a', contextTokens: undefined }),
    },
    'tokens',
    undefined,
  ],
  [
    'tokens beside a field that may use more: no bound',
    (() => {
      const bounded = needs({
        inputTokenBound: 500,
        maxOutputTokens: 50,
        unboundedFields: ['web_search_options'],
      });
      bounded.operation.request.passthroughFormat = 'openai-chat';
      return { ...planned, needs: bounded };
    })(),
    'tokens',
    undefined,
  ],
])('the most of %s', (_what, attempt, unit, most) => {
  expect(mostUsed(attempt, unit)).toBe(most);
});

test('who is refused hears which budget it was, when it begins anew, and of its own tenant’s what is left', () => {
  const refused = {
    limit: 2_000_000_000n,
    spent: 1_500_000_000n,
    leased: 400_000_000n,
    needed: 150_000_000n,
  };
  const endMs = Date.UTC(2026, 0, 2);
  const exceeded = {
    kind: 'exceeded',
    budget: budget({ id: 'team' }),
    ...refused,
    leftMs: 1,
    endMs,
  } as const;
  expect(describeBudgetRefusal(exceeded)).toBe(
    'the budget "team" of $2 has too little left: $1.5 spent, $0.4 held for requests, and this may need $0.15; what is held and not used comes back as requests end; it begins anew at 2026-01-02T00:00:00.000Z',
  );
  expect(describeBudgetRefusal({ ...exceeded, spent: 1_900_000_000n })).toBe(
    'the budget "team" of $2 has too little left: $1.9 spent, $0.4 held for requests, and this may need $0.15; it begins anew at 2026-01-02T00:00:00.000Z',
  );
  expect(
    describeBudgetRefusal({
      ...exceeded,
      spent: 1_900_000_000n,
      budget: budget({ id: 'all', tenant: '', unit: 'requests' }),
      endMs: Number.POSITIVE_INFINITY,
    }),
  ).toBe(
    'the installation\'s budget "all" has too little left: this may need 150000000 requests; it does not begin anew',
  );
  expect(describeBudgetRefusal({ kind: 'unbounded', budget: budget() })).toContain(
    'needs a bound of the cost',
  );
});
