import { CompleteRequest, Policy, Pool, Purpose, Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { selectOfferings } from '../../src/domain/decide/select-offerings.ts';
import { indexPools, visiblePools } from '../../src/domain/pool/pool-index.ts';
import { interpretRequest } from '../../src/domain/request/interpret-request.ts';
import { nearNames } from '../../src/domain/request/near-names.ts';
import { suggestModels } from '../../src/domain/request/suggest-models.ts';
import { indexModels } from '../../src/domain/snapshot/index-models.ts';
import type { Offering } from '../../src/domain/snapshot/offering.ts';
import type { Snapshot } from '../../src/domain/snapshot/snapshot.ts';
import { offering, snapshotOf } from './offerings.ts';

type PartialRequest = Parameters<typeof CompleteRequest.fromPartial>[0];
type PartialPool = Parameters<typeof Pool.fromPartial>[0];

const OFFERINGS = [
  offering({ provider: 'anthropic', model: 'claude-sonnet-4-5' }),
  {
    ...offering({ provider: 'bedrock', model: 'anthropic.claude-sonnet-4-5-v1:0' }),
    canonicalModel: 'claude-sonnet-4-5',
  },
  offering({ provider: 'openai', model: 'gpt-4o-mini' }),
  offering({ provider: 'own', tenant: 't', model: 'private' }),
  offering({ provider: 'theirs', tenant: 'other', model: 'hidden' }),
  offering({ provider: 'theirs', tenant: 'other', model: 'gpt-4o-mini' }),
];

function snapshotWith(pools: readonly PartialPool[], policies: readonly Policy[] = []): Snapshot {
  const snapshot = snapshotOf(OFFERINGS);
  const byModel = indexModels(OFFERINGS);
  return {
    ...snapshot,
    byModel,
    pools: indexPools(
      pools.map((pool) => Pool.fromPartial(pool)),
      { byModel, byProvider: snapshot.byProvider },
    ),
    policies: new Map(policies.map((policy) => [policy.tenant, policy])),
  };
}

function ask(request: PartialRequest, snapshot: Snapshot) {
  const scope = { tenant: 't', snapshot, defaultStrategy: Strategy.PRIORITY };
  return interpretRequest(CompleteRequest.fromPartial(request), scope);
}

/** Who may serve, as `provider/model`. */
function candidates(request: PartialRequest, snapshot: Snapshot): string[] {
  const asked = ask(request, snapshot);
  if (asked.kind !== 'understood') throw new Error(JSON.stringify(asked));
  return selectOfferings({ selector: asked.selector, tenant: 't' }, snapshot)
    .all()
    .map(({ provider, model }) => `${provider.id}/${model}`)
    .sort();
}

const strategyOf = (request: PartialRequest, snapshot: Snapshot) => {
  const asked = ask(request, snapshot);
  return asked.kind === 'understood' ? asked.strategy : undefined;
};

test('a canonical model has the offerings of every provider, each under its own id', () => {
  const snapshot = snapshotWith([]);
  expect(candidates({ model: 'claude-sonnet-4-5' }, snapshot)).toEqual([
    'anthropic/claude-sonnet-4-5',
    'bedrock/anthropic.claude-sonnet-4-5-v1:0',
  ]);
  expect(candidates({ model: 'anthropic.claude-sonnet-4-5-v1:0' }, snapshot)).toHaveLength(1);
  expect(candidates({ model: 'openai/gpt-4o-mini' }, snapshot)).toEqual(['openai/gpt-4o-mini']);
});

test('who names a provider means it, though an aggregator has a model whose id looks the same', () => {
  const aggregated = offering({ provider: 'aggregator', model: 'openai/gpt-4o-mini' });
  const all = [...OFFERINGS, aggregated];
  const of = (offerings: readonly Offering[], model: string) =>
    selectOfferings(
      { selector: { kind: 'model', model }, tenant: 't' },
      { ...snapshotOf(offerings), byModel: indexModels(offerings) },
    )
      .all()
      .map(({ provider }) => provider.id);
  expect(of(all, 'openai/gpt-4o-mini')).toEqual(['openai']);
  expect(of(all, 'aggregator/openai/gpt-4o-mini')).toEqual(['aggregator']);
  expect(of([aggregated], 'openai/gpt-4o-mini')).toEqual(['aggregator']);
});

test.each([
  ['auto', Strategy.PRIORITY],
  ['auto:cheapest', Strategy.COST],
  ['auto:fastest', Strategy.LATENCY],
  ['auto:best', Strategy.COMPOSITE],
])('%s is whatever fits, with its strategy', (model, strategy) => {
  const snapshot = snapshotWith([]);
  expect(ask({ model }, snapshot)).toMatchObject({ selector: { kind: 'auto' }, strategy });
});

test('a name for a strategy and another strategy contradict each other', () => {
  expect(ask({ model: 'auto:cheapest', strategy: Strategy.PRIORITY }, snapshotWith([]))).toMatchObject({
    kind: 'invalid',
    violation: { field: 'strategy' },
  });
});

test('a pool comes before a model, the tenant’s own before the installation’s, another tenant’s never', () => {
  const snapshot = snapshotWith([
    { id: 'gpt-4o-mini', members: [{ provider: 'anthropic' }] },
    { id: 'fast', members: [{ provider: 'openai' }] },
    { id: 'fast', tenant: 't', members: [{ provider: 'own' }] },
    { id: 'hers', tenant: 'other', members: [{ provider: 'theirs' }] },
  ]);
  expect(candidates({ model: 'gpt-4o-mini' }, snapshot)).toEqual(['anthropic/claude-sonnet-4-5']);
  expect(candidates({ model: 'fast' }, snapshot)).toEqual(['own/private']);
  expect(ask({ model: 'hers' }, snapshot)).toMatchObject({ selector: { kind: 'model', model: 'hers' } });
  expect(visiblePools(snapshot.pools, 't').map(({ id, tenant }) => [id, tenant])).toEqual([
    ['fast', 't'],
    ['gpt-4o-mini', ''],
  ]);
});

test('members: a provider, a model anywhere, a canonical model, one model at one provider; each offering once', () => {
  const of = (members: PartialPool['members']) =>
    candidates({ model: 'p' }, snapshotWith([{ id: 'p', ...(members && { members }) }]));
  expect(of([{ provider: 'openai' }])).toEqual(['openai/gpt-4o-mini']);
  expect(of([{ model: 'gpt-4o-mini' }])).toEqual(['openai/gpt-4o-mini']);
  expect(of([{ model: 'claude-sonnet-4-5' }])).toHaveLength(2);
  expect(of([{ provider: 'bedrock', model: 'claude-sonnet-4-5' }])).toEqual([
    'bedrock/anthropic.claude-sonnet-4-5-v1:0',
  ]);
  expect(of([{ provider: 'openai', model: 'gpt-4o-mini' }, { provider: 'openai' }])).toHaveLength(1);
  // Without members: everything that the tenant sees.
  expect(of([])).toHaveLength(4);
});

test('a member’s weight and priority take the place of the provider’s; the first member that names an offering counts', () => {
  const members = [
    { provider: 'openai', weight: 7, priority: 3 },
    { model: 'gpt-4o-mini', weight: 9 },
    { provider: 'anthropic' },
  ];
  const pool = snapshotWith([{ id: 'p', members }]).pools.byName.get('/p');
  const found = pool?.offerings === 'any' ? [] : (pool?.offerings ?? []);
  expect(found.map(({ provider, weight, priority }) => [provider.key, weight, priority] as const)).toEqual([
    ['/openai', 7, 3],
    // Another tenant's, which decisions pass over.
    ['other/theirs', 9, 100],
    ['/anthropic', 100, 100],
  ]);
});

test('a pool of the installation that names a provider never means a tenant’s provider of that name', () => {
  const own = offering({ provider: 'openai', tenant: 't', model: 'fake' });
  const real = offering({ provider: 'openai', model: 'gpt-4o-mini' });
  const byProvider = new Map([['openai', [own, real]]]);
  const index = { byModel: new Map(), byProvider };
  const keysOf = (tenant: string) => {
    const pool = Pool.fromPartial({ id: 'p', tenant, members: [{ provider: 'openai' }] });
    const { offerings } = indexPools([pool], index).byName.get(`${tenant}/p`) ?? { offerings: 'any' };
    return offerings === 'any' ? [] : offerings.map(({ key }) => key);
  };
  expect(keysOf('')).toEqual([real.key]);
  expect(keysOf('t')).toEqual([own.key]);
});

test('a kind of task is served by the pool that lists it, asked for by auto or by the pool’s name', () => {
  const snapshot = snapshotWith([
    {
      id: 'deep',
      members: [{ provider: 'anthropic' }],
      taskTypes: ['deep_analysis'],
      strategy: Strategy.COST,
    },
    { id: 'quick', members: [{ provider: 'openai' }], taskTypes: ['quick_decision'] },
    { id: 'mine', tenant: 't', members: [{ provider: 'own' }], taskTypes: ['quick_decision'] },
  ]);
  const doing = (model: string, taskType: string) => ({ model, requirements: { taskType } });
  expect(candidates(doing('auto', 'deep_analysis'), snapshot)).toEqual(['anthropic/claude-sonnet-4-5']);
  expect(candidates(doing('deep', 'deep_analysis'), snapshot)).toEqual(['anthropic/claude-sonnet-4-5']);
  expect(candidates(doing('auto', 'quick_decision'), snapshot)).toEqual(['own/private']);
  expect(strategyOf(doing('auto', 'deep_analysis'), snapshot)).toBe(Strategy.COST);
  expect(strategyOf(doing('auto:fastest', 'deep_analysis'), snapshot)).toBe(Strategy.LATENCY);
  for (const model of ['quick', 'gpt-4o-mini'])
    expect(ask(doing(model, 'deep_analysis'), snapshot)).toMatchObject({
      kind: 'invalid',
      violation: { field: 'requirements.task_type' },
    });
  expect(ask(doing('auto', 'deep_analisys'), snapshot)).toMatchObject({
    violation: { description: 'no pool serves it; near it: deep_analysis' },
  });
});

test('the strategy: the request’s, else the pool’s, else the tenant’s policy’s, else the installation’s, else the default', () => {
  const policy = (tenant: string, strategy: Strategy) => Policy.fromPartial({ tenant, strategy });
  const pools = [{ id: 'stating', strategy: Strategy.WEIGHTED }, { id: 'silent' }];
  const installation = policy('', Strategy.HEALTH);
  const both = snapshotWith(pools, [installation, policy('t', Strategy.COST)]);
  const stating = { model: 'stating', strategy: Strategy.LATENCY };
  expect(strategyOf(stating, both)).toBe(Strategy.LATENCY);
  expect(strategyOf({ model: 'stating' }, both)).toBe(Strategy.WEIGHTED);
  expect(strategyOf({ model: 'silent' }, both)).toBe(Strategy.COST);
  expect(strategyOf({ model: 'silent' }, snapshotWith(pools, [installation]))).toBe(Strategy.HEALTH);
  expect(strategyOf({ model: 'silent' }, snapshotWith(pools))).toBe(Strategy.PRIORITY);
});

test('policies and pool narrow a request, another tenant’s policy does not, and probes are let through', () => {
  const tagged = (tenant: string, tag: string) =>
    Policy.fromPartial({ tenant, requirements: { tags: [tag] } });
  const snapshot = snapshotWith(
    [{ id: 'p', requirements: { capabilities: ['tools'], residency: ['eu-west'] } }],
    [tagged('', 'gdpr'), tagged('t', 'hipaa'), tagged('other', 'soc2')],
  );
  expect(ask({ model: 'p', requirements: { tags: ['mine'] } }, snapshot)).toMatchObject({
    requirements: { tags: ['mine', 'hipaa', 'gdpr'], capabilities: ['tools'], residency: ['eu-west'] },
  });
  expect(ask({ model: 'p', requirements: { residency: ['apac'] } }, snapshot)).toMatchObject({
    kind: 'conflict',
    conflicts: [
      {
        field: 'requirements.residency',
        description: 'no region is in each of the lists: the request allows apac; the pool p allows eu-west',
      },
    ],
  });
  expect(ask({ model: 'auto', purpose: Purpose.PROBE }, snapshot)).toMatchObject({
    requirements: { tags: [] },
  });
});

test('an unknown name is told names near it that the tenant sees, three at most', () => {
  const snapshot = snapshotWith([{ id: 'fast' }, { id: 'hidden-fast', tenant: 'other' }]);
  const near = (name: string) => suggestModels(name, { tenant: 't', snapshot });
  expect(near('gpt-4o-mnii')).toEqual(['gpt-4o-mini']);
  expect(near('fsat')).toEqual(['fast']);
  expect(near('opnai/gpt-4o-mini')).toEqual(['openai/gpt-4o-mini']);
  expect(near('auto:cheap')).toContain('auto:cheapest');
  // Another tenant's model and pool.
  for (const name of ['hiden', 'hidden-fsat']) expect(near(name)).toEqual([]);
  expect(near('something-else-entirely')).toEqual([]);
  expect(nearNames('m0', { names: ['m1', 'm2', 'm3', 'm4'] })).toHaveLength(3);
});
