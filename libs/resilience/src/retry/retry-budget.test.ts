import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

function retriesAllowed(requests: number): number {
  const budget = new RetryBudget();
  for (let i = 0; i < requests; i += 1) budget.startRequest();
  let allowed = 0;
  while (budget.tryStartRetry()) allowed += 1;
  return allowed;
}

test.each([
  [0, 3],
  [1, 3],
  [15, 3],
  [19, 3],
  [20, 4],
  [100, 20],
  [104, 20],
])('with %i active requests %i retries may be under way', (requests, retries) => {
  expect(retriesAllowed(requests)).toBe(retries);
});

test('a retry that ends makes room for one', () => {
  const budget = new RetryBudget();
  for (let i = 0; i < 3; i += 1) budget.tryStartRetry();
  expect(budget.tryStartRetry()).toBe(false);
  budget.endRetry();
  expect(budget.tryStartRetry()).toBe(true);
});

test('ending more than was started leaves the budget as it was', () => {
  const budget = new RetryBudget();
  budget.endRetry();
  budget.endRequest();
  expect([budget.activeRetries, budget.activeRequests, budget.limit]).toEqual([0, 0, 3]);
});

test('a retry is never begun above max(3, 20 % of active requests)', () => {
  const step = fc.constantFrom('startRequest', 'startRequest', 'endRequest', 'retry', 'retry', 'endRetry');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const budget = new RetryBudget();
      for (const name of steps) {
        if (name === 'startRequest') budget.startRequest();
        if (name === 'endRequest') budget.endRequest();
        if (name === 'endRetry') budget.endRetry();
        if (name === 'retry' && budget.tryStartRetry()) {
          expect(budget.activeRetries).toBeLessThanOrEqual(Math.max(3, 0.2 * budget.activeRequests));
        }
      }
    }),
  );
});

test.each([{ ratio: -0.1 }, { ratio: Number.NaN }, { minConcurrent: 0.5 }, { minConcurrent: -1 }])(
  'refuses the options %o',
  (options) => {
    expect(() => new RetryBudget(options)).toThrow(Object.keys(options)[0] as string);
  },
);
