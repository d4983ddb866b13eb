import { GetBudgetBookResponse } from '@switchyard/contracts/cost';
import { Strategy } from '@switchyard/contracts/routing';
import { expect, test, vi } from 'vitest';
import { budgetBookOf } from '../src/adapters/budget-book-message.ts';

test("a downgrade by a newer version's strategy is by cost, with a warning, and the others are as they say", () => {
  const warn = vi.fn();
  const book = GetBudgetBookResponse.fromPartial({
    version: '1',
    downgrades: [
      { budget: 'newer', tenant: 't', strategy: 77 as Strategy },
      { budget: 'known', tenant: 'u', strategy: Strategy.LATENCY },
      { budget: 'small', tenant: 'u', model: 'small' },
    ],
  });
  expect(budgetBookOf(book, { warn }).downgrades).toMatchObject([
    { budget: 'newer', strategy: Strategy.COST, endMs: Number.POSITIVE_INFINITY },
    { budget: 'known', strategy: Strategy.LATENCY },
    { budget: 'small', strategy: Strategy.UNSPECIFIED },
  ]);
  expect(warn.mock.calls).toEqual([
    [{ budget: 'newer', tenant: 't', strategy: 77 }, expect.stringContaining('by cost')],
  ]);
});
