import type { BoundBudget } from '../../src/domain/budget/bound-budget.ts';

/** A budget of the tenant `t` of 1,000 nano-USD, for ever; what is stated is otherwise. */
export const budget = (traits: Partial<BoundBudget> = {}): BoundBudget => ({
  number: 1,
  id: 'b',
  tenant: 't',
  scope: { keyId: '', provider: '', model: '' },
  unit: 'cost',
  limit: 1_000n,
  throttledAtPercent: 0,
  windows: [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }],
  ...traits,
});
