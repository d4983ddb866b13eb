import { expect, test } from 'vitest';
import type { Budget, StatedBudget } from './budget.ts';
import { budgetsAfter, planBudgets } from './plan-budgets.ts';

const ALL = { keyId: '', provider: '', model: '', service: '', agent: '', workflow: '' };
const stated = (id: string, change: Partial<StatedBudget> = {}): StatedBudget => ({
  ...{ tenant: 'acme', id, description: '', scope: ALL, unit: 'cost', limit: 5_000_000_000n, refuses: true },
  ...{ rule: { period: 'day', timeZone: 'UTC' }, alertPercents: [50], receivers: [], actions: [] },
  ...change,
});
const there = (id: string, change: Partial<StatedBudget> = {}): Budget => {
  const at = new Date(0);
  return { ...stated(id, change), number: 1, throttle: undefined, createdAt: at, updatedAt: at };
};
const said = (plan: ReturnType<typeof planBudgets>) =>
  plan.changes.map(({ action, budget: { tenant, id }, fields }) => [action, `${tenant}/${id}`, fields]);

test('what is wanted and not there comes, what differs changes, and what is the same stays', () => {
  const plan = planBudgets({
    current: [there('same'), there('more'), there('other')],
    wanted: [stated('same'), stated('more', { limit: 6_000_000_000n, receivers: ['ops'] }), stated('new')],
    pruned: undefined,
  });
  expect(plan.violations).toEqual([]);
  expect(said(plan)).toEqual([
    [
      'change',
      'acme/more',
      [
        { name: 'limit', before: '"$5"', after: '"$6"' },
        { name: 'receivers', before: '', after: '["ops"]' },
      ],
    ],
    ['add', 'acme/new', expect.arrayContaining([{ name: 'period', before: '', after: '"day"' }])],
  ]);
});

test('of the pruned owner what is not wanted goes, of others nothing', () => {
  const current = [there('kept'), there('gone'), there('foreign', { tenant: 'other' })];
  const plan = planBudgets({ current, wanted: [stated('kept')], pruned: 'acme' });
  expect(said(plan)).toEqual([['remove', 'acme/gone', []]]);
  expect(budgetsAfter(current, plan.changes).map(({ id }) => id)).toEqual(['kept', 'foreign']);
});

test('what makes a budget another one cannot change, and an id is given once', () => {
  const changes = [
    { scope: { ...ALL, model: 'm' } },
    { unit: 'tokens' },
    { rule: { period: 'month', timeZone: 'UTC' } },
    { rule: { period: 'day', timeZone: 'Europe/Berlin' } },
    { refuses: false },
  ] as const;
  const fields = changes.map(
    (change) =>
      planBudgets({ current: [there('b')], wanted: [stated('b', change)], pruned: undefined }).violations[0]
        ?.field,
  );
  expect(fields).toEqual(
    ['scope', 'unit', 'period', 'time_zone', 'enforcement'].map((name) => `budgets[0].${name}`),
  );
  const twice = planBudgets({ current: [], wanted: [stated('b'), stated('b')], pruned: undefined });
  expect(twice.violations).toEqual([{ field: 'budgets[1].id', description: 'is given twice' }]);
});
