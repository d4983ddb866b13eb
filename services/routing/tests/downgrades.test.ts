import {
  CompleteRequest,
  DecisionOutcome,
  EmbedRequest,
  Pool,
  Purpose,
  Requirements,
  Strategy,
} from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { applicableDowngrade } from '../src/domain/budget/applicable-downgrade.ts';
import { BudgetBook } from '../src/domain/budget/budget-book.ts';
import { describeBudgetRefusal } from '../src/domain/budget/budget-refusal.ts';
import { type Downgrade, downgraded, downgradeOf } from '../src/domain/budget/downgrade.ts';
import { indexPools } from '../src/domain/pool/pool-index.ts';
import { askRequest } from '../src/pipeline/ask-request.ts';
import { Pipeline } from '../src/pipeline/pipeline.ts';
import type { SnapshotHolder } from '../src/runtime/snapshot-holder.ts';
import { expectSameChoice } from './domain/expect-same-choice.ts';
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

test('a tenant looks at its own downgrades and the installation’s, however many other tenants have', () => {
  const all = downgrade({ tenant: '', budget: 'all' });
  const own = downgrade({ budget: 'own' });
  const others = Array.from({ length: 1_000 }, (_, i) => downgrade({ tenant: `u${i}` }));
  const book = new BudgetBook('1', [], [...others, all, own]);
  expect(book.downgradesFor('t')).toEqual([all, own]);
  expect(book.downgradesFor('nobody')).toEqual([all]);
  expect(book.downgradesFor('')).toEqual([all]);
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

test.each([
  ['by a strategy', { strategy: Strategy.COST }, { model: 'auto', strategy: Strategy.COST }],
  [
    'by a model that is a strategy by itself',
    { model: 'auto:cheapest', strategy: Strategy.UNSPECIFIED },
    { model: 'auto:cheapest', strategy: Strategy.UNSPECIFIED },
  ],
  [
    'by such a model and a strategy, as older versions of cost-accounting let pass',
    { model: 'auto:cheapest', strategy: Strategy.LATENCY },
    { model: 'auto:cheapest', strategy: Strategy.UNSPECIFIED },
  ],
])('a request for auto:fastest is downgraded %s to what goes together', (_how, change, expected) => {
  const request = CompleteRequest.fromPartial({ model: 'auto:fastest' });
  expect(downgraded(request, downgrade(change))).toMatchObject(expected);
});

/** Of the model `m` the dear provider comes first, and `small` is another model. */
const running = (downgrades: readonly Downgrade[]) => new Pipeline(contextWith(downgrades));

function contextWith(downgrades: readonly Downgrade[]) {
  const budgets = noBudgets();
  budgets.setBook(new BudgetBook('1', [], downgrades));
  const dear = offering({
    ...{ provider: 'dear', priority: 1 },
    prices: { input: 9_000_000_000n, output: 9_000_000_000n },
  });
  const cheap = offering({ provider: 'cheap', priority: 2 });
  const small = offering({ provider: 'dear', model: 'small', priority: 1 });
  const pools = POOLS.map((pool) => Pool.fromPartial(pool));
  const byProvider = new Map([
    ['dear', [dear, small]],
    ['cheap', [cheap]],
  ]);
  const byModel = new Map([
    ['m', [dear, cheap]],
    ['small', [small]],
  ]);
  const current = {
    ...snapshotOf([dear, cheap, small]),
    pools: indexPools(pools, { byProvider, byModel }),
  };
  return contextOf({ budgets, snapshots: { current } as unknown as SnapshotHolder }).context;
}

const POOLS = [
  { id: 'open', taskTypes: ['summary'] },
  { id: 'members', members: [{ model: 'm' }], taskTypes: ['analysis'] },
  { id: 'tagged', requirements: { tags: ['gdpr'] } },
];

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
    ...{ requestedModel: 'm', downgrade: { model: 'small', atPercent: 0 } },
    // What all tenants together spend is told to none of them.
    route: {
      model: 'small',
      reason: expect.stringMatching(/downgraded by the installation's budget "daily"$/),
    },
  });
  expect(() => running([downgrade({ model: 'nowhere' })]).route(call)).toThrow('nowhere');
});

test.each([
  ['a model', 'm', '', 'small'],
  ['auto', 'auto', '', 'small'],
  ['a pool of anybody', 'open', '', 'small'],
  ['a kind of task that anybody may do', 'auto', 'summary', 'small'],
  ['a provider with its model', 'dear/m', '', undefined],
  ['a provider that is not known', 'gone/m', '', undefined],
  ['a pool with members', 'members', '', undefined],
  ['a pool with requirements', 'tagged', '', undefined],
  ['a kind of task of a pool with members', 'auto', 'analysis', undefined],
])(
  'the text of a request for %s goes to nobody whom its name leaves out',
  (_what, model, taskType, other) => {
    const request = CompleteRequest.fromPartial({ ...call.request, model, requirements: { taskType } });
    const { snapshots } = contextWith([]);
    const asked = { kind: 'chat', request, tenant: 't', snapshot: snapshots.current } as const;
    const both = downgrade({ model: 'small', strategy: Strategy.COST });
    expect(applicableDowngrade(both, asked)).toMatchObject({ model: other ?? '', strategy: Strategy.COST });
    const modelOnly = { ...both, strategy: Strategy.UNSPECIFIED };
    expect(applicableDowngrade(modelOnly, asked)?.model).toBe(other);
  },
);

test('a request that names its pool of members is decided among them by cost, and the decision names no other model', () => {
  const request = { ...call.request, model: 'members' };
  const both = downgrade({ model: 'small', strategy: Strategy.COST });
  expect(running([both]).route({ ...call, request })).toMatchObject({
    route: { provider: 'cheap', model: 'm' },
    downgrade: { budget: 'daily', model: '' },
  });
});

test("a chat's model is another one, and no other work's: the cache's own embeddings are of the model that they are compared by", () => {
  const context = contextWith([downgrade({ model: 'small', strategy: Strategy.UNSPECIFIED })]);
  const request = EmbedRequest.fromPartial({
    model: 'm',
    inputs: [{ content: { $case: 'text', value: 'text' } }],
  });
  const { principal } = call;
  const embedding = askRequest({ operation: { kind: 'embed', request }, principal }, context);
  expect(embedding).toMatchObject({
    ...{ downgrade: undefined, division: { model: 'm' }, understood: { selector: { model: 'm' } } },
  });
  const chat = askRequest({ operation: chatOf(call.request), principal }, context);
  expect(chat.understood.selector).toMatchObject({ model: 'small' });
});

test('C14: a downgraded decision is made again from its record, reason and all', () => {
  expectSameChoice(running([downgrade()]).route(call));
  expectSameChoice(running([downgrade({ tenant: '' })]).route(call));
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

test("a request throttled by the installation's budget is told neither rate nor percent", () => {
  const endMs = Date.UTC(2026, 10, 30, 8, 1);
  const of = { ...budget({ id: 'all', tenant: '', unit: 'requests' }), throttledAtPercent: 90 };
  const amounts = { limit: 7n, spent: 7n, leased: 0n, needed: 1n, endMs, leftMs: 1 };
  expect(describeBudgetRefusal({ kind: 'exceeded', budget: of, ...amounts })).toBe(
    'the installation\'s budget "all" runs low: no more requests are let through in this minute; the next begins at 2026-11-30T08:01:00.000Z',
  );
});
