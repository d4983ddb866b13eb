import { BudgetAction } from '@switchyard/contracts/cost';
import { Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { actionInForce } from './budget-action.ts';
import { readActions } from './read-actions.ts';

const ALL = { keyId: '', provider: '', model: '', service: '', agent: '', workflow: '' };
const downgrade = (atPercent: number, value: object = {}) =>
  BudgetAction.fromPartial({ atPercent, action: { $case: 'downgrade', value } });
const throttle = (atPercent: number, requestsPerMinute: number) =>
  BudgetAction.fromPartial({ atPercent, action: { $case: 'throttle', value: { requestsPerMinute } } });
const read = (actions: BudgetAction[], scope = {}) =>
  readActions({ actions }, { field: 'budget.actions', scope: { ...ALL, ...scope } });

test('a downgrade is by cost where nothing else is said, and with a model as the request says', () => {
  expect(read([downgrade(50), downgrade(80, { model: 'small' }), throttle(80, 7)])).toEqual({
    ok: true,
    value: [
      { kind: 'downgrade', atPercent: 50, model: '', strategy: Strategy.COST },
      { kind: 'downgrade', atPercent: 80, model: 'small', strategy: Strategy.UNSPECIFIED },
      { kind: 'throttle', atPercent: 80, requestsPerMinute: 7 },
    ],
  });
});

test.each([
  [[downgrade(0)], {}, 'budget.actions[0].at_percent'],
  [[downgrade(1_001)], {}, 'budget.actions[0].at_percent'],
  [[throttle(90, 1), downgrade(80)], {}, 'budget.actions[1].at_percent'],
  [[BudgetAction.fromPartial({ atPercent: 80 })], {}, 'budget.actions[0]'],
  [[throttle(80, 0)], {}, 'budget.actions[0].throttle.requests_per_minute'],
  [[downgrade(80, { strategy: 77 })], {}, 'budget.actions[0].downgrade.strategy'],
  [
    [downgrade(80, { model: 'auto:best', strategy: Strategy.COST })],
    {},
    'budget.actions[0].downgrade.strategy',
  ],
  [[downgrade(80)], { provider: 'openai' }, 'budget.actions[0].downgrade'],
  [[throttle(80, 7)], { agent: 'planner' }, 'budget.actions[0]'],
  [Array.from({ length: 11 }, () => downgrade(80)), {}, 'budget.actions'],
  [[throttle(80, 7), throttle(80, 8)], {}, 'budget.actions[1]'],
] as const)('%j of %j is refused, by its field', (actions, scope, field) => {
  const found = read([...actions], scope);
  expect(found.ok ? [] : found.error.map((one) => one.field)).toContain(field);
});

test('of one kind the highest percent that is reached is in force', () => {
  const found = read([throttle(50, 9), downgrade(60), throttle(80, 3)]);
  const actions = found.ok ? found.value : [];
  const rates = [49, 50, 79, 80, 1_000].map(
    (percent) => actionInForce(actions, 'throttle', percent)?.requestsPerMinute,
  );
  expect(rates).toEqual([undefined, 9, 9, 3, 3]);
});
