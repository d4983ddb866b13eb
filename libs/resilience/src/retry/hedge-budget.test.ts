import { expect, test } from 'vitest';
import { HedgeBudget } from './hedge-budget.ts';

function requests(budget: HedgeBudget, count: number): void {
  for (let i = 0; i < count; i += 1) budget.onRequest();
}

test('hedges are at most a twentieth of the requests, from the first one on', () => {
  const budget = new HedgeBudget();
  let hedges = 0;
  for (let i = 1; i <= 10_000; i += 1) {
    budget.onRequest();
    if (budget.tryTake()) hedges += 1;
    expect(hedges).toBeLessThanOrEqual(i * 0.05 + 1e-6);
  }
  expect(hedges).toBe(500);
});

test('at most ten are saved up', () => {
  const budget = new HedgeBudget();
  requests(budget, 100_000);
  let hedges = 0;
  while (budget.tryTake()) hedges += 1;
  expect(hedges).toBe(10);
});

test('one that was not made may be made later', () => {
  const budget = new HedgeBudget();
  requests(budget, 20);
  expect(budget.tryTake()).toBe(true);
  budget.giveBack();
  expect(budget.tryTake()).toBe(true);
  expect(budget.tryTake()).toBe(false);
});
