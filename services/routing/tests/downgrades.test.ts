import {
  CompleteRequest,
  DecisionOutcome,
  Purpose,
  Requirements,
  Strategy,
} from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { BudgetBook } from '../src/domain/budget/budget-book.ts';
import { describeBudgetRefusal } from '../src/domain/budget/budget-refusal.ts';
import { type Downgrade, downgraded, downgradeOf } from '../src/domain/budget/downgrade.ts';
import { Pipeline } from '../src/pipeline/pipeline.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { offering, snapshotOf } from './domain/offerings.ts';
import { budget } from './support/budgets.ts';
import { noBudgets } from './support/no-budgets.ts';
import { call, contextOf } from './support/pipeline-context.ts';

const downgrade = (change: Partial<Downgrade> = {}): Downgrade => ({
  ...{ budget: 'daily', tenant: 't', keyId: '', atPercent: 80, model: '', strategy: Strategy.COST },
  endMs: Number.POSITIVE_INFINITY,
  ...change,
});

test.each([
  ['nothing', [], undefined],
  ["another tenant's", [downgrade({ tenant: 'u' })], undefined],
  ["another key's", [downgrade({ keyId: 'other' })], undefined],
  ['one whose window has ended', [downgrade({ endMs: 1_000 })], undefined],
  ["the installation's", [downgrade({ tenant: '', budget: 'all' })], 'all'],
  [
    "its tenant's before the installation's",
    [downgrade({ tenant: '', atPercent: 999 }), downgrade({ budget: 'own' })],
    'own',
  ],
  [
    "its key's before its tenant's",
    [downgrade({ atPercent: 999 }), downgrade({ keyId: 'k', budget: 'key' })],
    'key',
  ],
  [
    'of those alike the highest percent',
    [downgrade({ budget: 'low' }), downgrade({ budget: 'high', atPercent: 95 })],
    'high',
  ],
] as const)('a request is downgraded by %s', (_what, downgrades, budget) => {
  expect(downgradeOf(downgrades, { tenant: 't', keyId: 'k' }, 1_000)?.budget).toBe(budget);
});

test('a downgrade says what is decided on: another model takes the place of a kind of task, too', () => {
  const request = CompleteRequest.fromPartial({
    model: 'm',
    strategy: Strategy.LATENCY,
    requirements: Requirements.fromPartial({ taskType: 'deep_analysis', tags: ['gdpr'] }),
  });
  expect(downgraded(request, downgrade())).toMatchObject({
    ...{ model: 'm', strategy: Strategy.COST, requirements: { taskType: 'deep_analysis' } },
  });
  const smaller = downgrade({ model: 'small', strategy: Strategy.UNSPECIFIED });
  expect(downgraded(request, smaller)).toMatchObject({
    ...{ model: 'small', strategy: Strategy.LATENCY, requirements: { taskType: '', tags: ['gdpr'] } },
  });
});

/** Of the model `m` the dear provider comes first, and `small` is another model. */
function running(downgrades: readonly Downgrade[]) {
  const budgets = noBudgets();
  budgets.setBook(new BudgetBook('1', [], downgrades));
  const current = snapshotOf([
    offering({ provider: 'dear', priority: 1, prices: { input: 9_000_000_000n, output: 9_000_000_000n } }),
    offering({ provider: 'cheap', priority: 2 }),
    offering({ provider: 'dear', model: 'small', priority: 1 }),
  ]);
  const { context } = contextOf({ budgets, snapshots: { current } as unknown as SnapshotHolder });
  return new Pipeline(context);
}

test('C14: a budget that runs low has requests decided by cost, and the decision says so', () => {
  expect(running([]).route(call)).toMatchObject({ route: { provider: 'dear' }, downgrade: undefined });
  const decision = running([downgrade()]).route(call);
  expect(decision).toMatchObject({
    ...{ strategy: Strategy.COST, outcome: DecisionOutcome.NOT_EXECUTED, requestedModel: 'm' },
    route: { provider: 'cheap', reason: expect.stringMatching(/; downgraded by budget "daily" at 80 %$/) },
    downgrade: { budget: 'daily', tenant: 't', atPercent: 80, model: '' },
  });
});

test('C14: a budget that runs low has requests decided on another model; where nobody offers it nobody is called', () => {
  const smaller = downgrade({ model: 'small', strategy: Strategy.UNSPECIFIED, tenant: '' });
  const decision = running([smaller]).route(call);
  expect(decision).toMatchObject({
    ...{ requestedModel: 'm', downgrade: { model: 'small' } },
    route: { model: 'small', reason: expect.stringContaining("downgraded by the installation's budget") },
  });
  expect(() => running([downgrade({ model: 'nowhere' })]).route(call)).toThrow('nowhere');
});

test('C14: a probe measures what it names', () => {
  const request = { ...call.request, purpose: Purpose.PROBE };
  const principal = { ...call.principal, permissions: new Set(['routing.probe']) };
  const decision = running([downgrade({ model: 'small' })]).route({ request, principal });
  expect(decision).toMatchObject({ route: { model: 'm' }, downgrade: undefined });
});

test('a throttled request is told the rate, the percent and when to come again', () => {
  const endMs = Date.UTC(2026, 10, 30, 8, 1);
  const { id, tenant, unit } = budget({ id: 'daily', unit: 'requests' });
  const amounts = { limit: 7n, spent: 7n, leased: 0n, needed: 1n, endMs, leftMs: 1 };
  const of = { id, tenant, unit, throttledAtPercent: 90 };
  expect(describeBudgetRefusal({ kind: 'exceeded', budget: of, ...amounts })).toBe(
    'the budget "daily" runs low: from 90 % on it lets 7 requests through in a minute, and those have been; the next begins at 2026-11-30T08:01:00.000Z',
  );
});
