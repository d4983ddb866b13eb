import { Pool, Strategy } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { validateConfiguration } from '../../src/domain/configuration/validate-configuration.ts';
import { validatePool } from '../../src/domain/pool/validate-pool.ts';

type PartialPool = Parameters<typeof Pool.fromPartial>[0];

const others = [
  Pool.fromPartial({ id: 'quick', tenant: 't', taskTypes: ['chat'] }),
  Pool.fromPartial({ id: 'of-all', taskTypes: ['search'] }),
];
const surroundings = {
  providers: new Set(['openai', 'anthropic']),
  offers: ({ provider, model }: { provider: string; model: string }) =>
    ['', 'openai'].includes(provider) && model === 'gpt-4o-mini',
  models: ['gpt-4o-mini'],
  pools: others,
};
const validate = (pool: PartialPool) =>
  validatePool(Pool.fromPartial({ id: 'p', tenant: 't', ...pool }), surroundings);

test('a pool that is in order has nothing against it', () => {
  expect(
    validate({
      id: 'gpt-4o-mini_2',
      members: [
        { provider: 'openai', model: 'gpt-4o-mini', weight: 0 },
        { provider: 'anthropic', priority: 5 },
      ],
      strategy: Strategy.COST,
      requirements: { capabilities: ['tools'], allowedProviders: ['openai'], preferredProviders: ['openai'] },
      // The installation's other pool may serve it, too: this tenant is served by its own.
      taskTypes: ['search'],
    }),
  ).toEqual([]);
  // Named as a model, with that model as its member: what is asked for by that name is narrowed.
  expect(validate({ id: 'gpt-4o-mini', members: [{ model: 'gpt-4o-mini' }] })).toEqual([]);
});

test.each<[string, PartialPool, string, RegExp]>([
  ['no id', { id: '' }, 'id', /1 to 64/],
  ['an id with a colon', { id: 'a:b' }, 'id', /a-z/],
  ['the name auto', { id: 'auto' }, 'id', /taken/],
  [
    'a missing provider',
    { members: [{ provider: 'openai' }, { provider: 'anthropic' }, { provider: 'opnai' }] },
    'members[2].provider',
    /no provider opnai; near it: openai/,
  ],
  ['a hedge without a delay', { hedge: { delayMs: 0 } }, 'hedge.delay_ms', /1 to 600000/],
  ['an empty member', { members: [{}] }, 'members[0]', /provider, a model or both/],
  [
    'a model that nobody offers',
    { members: [{ model: 'gpt-4o-mnii' }] },
    'members[0].model',
    /no configured provider.*near it: gpt-4o-mini/,
  ],
  [
    'a model that the provider does not offer',
    { members: [{ provider: 'anthropic', model: 'gpt-4o-mini' }] },
    'members[0].model',
    /the provider anthropic does not offer/,
  ],
  [
    'a pool as a member',
    { members: [{ model: 'quick' }] },
    'members[0].model',
    /a pool inside a pool is not offered/,
  ],
  [
    'itself as a member',
    { members: [{ model: 'p' }] },
    'members[0].model',
    /a pool inside a pool is not offered/,
  ],
  ['a member twice', { members: [{ provider: 'openai' }, { provider: 'openai' }] }, 'members[1]', /already/],
  [
    'weights of 0',
    {
      members: [
        { provider: 'openai', weight: 0 },
        { provider: 'anthropic', weight: 0 },
      ],
    },
    'members',
    /above 0/,
  ],
  [
    'too large a weight',
    { members: [{ provider: 'openai', weight: 1_000_001 }] },
    'members[0].weight',
    /0 to 1000000/,
  ],
  [
    'a negative priority',
    { members: [{ provider: 'openai', priority: -1 }] },
    'members[0].priority',
    /0 to 1000000/,
  ],
  ['an unknown strategy', { strategy: 77 as never }, 'strategy', /STRATEGY_PRIORITY/],
  [
    'a negative composite weight',
    { compositeWeights: { cost: -1, latency: 1 } },
    'composite_weights',
    /from 0 to 1000000/,
  ],
  ['composite weights of 0', { compositeWeights: {} }, 'composite_weights', /not all be 0/],
  [
    'a composite weight that is no number',
    { compositeWeights: { cost: Number.NaN } },
    'composite_weights',
    /from 0 to 1000000/,
  ],
  [
    'composite weights whose sum is infinite',
    { compositeWeights: { cost: Number.MAX_VALUE, latency: Number.MAX_VALUE } },
    'composite_weights',
    /from 0 to 1000000/,
  ],
  [
    'composite weights beside another strategy',
    { strategy: Strategy.COST, compositeWeights: { cost: 1 } },
    'composite_weights',
    /STRATEGY_COMPOSITE/,
  ],
  [
    'an unknown capability',
    { requirements: { capabilities: ['text', 'flying'] } },
    'requirements.capabilities[1]',
    /one of text/,
  ],
  [
    'an unknown region',
    { requirements: { residency: ['mars'] } },
    'requirements.residency[0]',
    /one of us-east/,
  ],
  [
    'a negative limit',
    { requirements: { maxCostNanoUsd: -1n } },
    'requirements.max_cost_nano_usd',
    /at least 0/,
  ],
  [
    'allowed and excluded',
    { requirements: { allowedProviders: ['a'], excludedProviders: ['a'] } },
    'requirements.excluded_providers',
    /a is allowed and excluded/,
  ],
  [
    'preferred and excluded',
    { requirements: { preferredProviders: ['b', 'a'], excludedProviders: ['a'] } },
    'requirements.preferred_providers[1]',
    /a is preferred and excluded/,
  ],
  [
    'preferred, not allowed',
    { requirements: { preferredProviders: ['a'], allowedProviders: ['b'] } },
    'requirements.preferred_providers[0]',
    /not among the allowed/,
  ],
  [
    'a kind of task as a requirement',
    { requirements: { taskType: 'chat' } },
    'requirements.task_type',
    /task_types/,
  ],
  [
    'a kind of task that another pool serves',
    { taskTypes: ['code', 'chat'] },
    'task_types[1]',
    /the pool quick already/,
  ],
  ['a kind of task twice', { taskTypes: ['code', 'code'] }, 'task_types[1]', /twice/],
  ['an empty kind of task', { taskTypes: [''] }, 'task_types[0]', /1 to 64/],
])('a pool with %s is refused by its field', (_, pool, field, why) => {
  const violations = validate(pool).filter((one) => one.field === `pool.${field}`);
  expect(violations.map(({ description }) => description).join('; ')).toMatch(why);
});

test('everything that is wrong is told at once', () => {
  expect(
    validate({ id: 'A', strategy: 77 as never, members: [{ provider: 'x' }] }).map(({ field }) => field),
  ).toEqual(['pool.id', 'pool.members[0].provider', 'pool.strategy']);
});

/** Surroundings that count how often their names are gone through. */
function countedSurroundings() {
  const counted = { walks: 0, asked: 0 };
  const names = (known: readonly string[]) => ({
    *[Symbol.iterator]() {
      counted.walks += 1;
      yield* known;
    },
  });
  const around = {
    ...surroundings,
    providers: Object.assign(new Set(surroundings.providers), names(['openai', 'anthropic'])),
    models: Object.assign(['gpt-4o-mini'], names(['gpt-4o-mini'])),
    offers: (place: { provider: string; model: string }) => {
      counted.asked += 1;
      return surroundings.offers(place);
    },
  };
  return { counted, around };
}

test('near names are looked for only where a name is wrong, and for the first three of them', () => {
  const { counted, around } = countedSurroundings();
  const pool = (members: PartialPool['members']) => Pool.fromPartial({ id: 'p', tenant: 't', members });
  validatePool(pool([{ provider: 'openai' }, { provider: 'openai', model: 'gpt-4o-mini' }]), around);
  expect(counted.walks).toBe(0);
  const wrong = Array.from({ length: 40 }, (_, i) => ({
    provider: i % 2 === 0 ? 'opnai' : '',
    model: `gpt-4o-min${i}`,
  }));
  const violations = validatePool(pool(wrong), around);
  expect(violations).toHaveLength(40);
  expect(violations.filter(({ description }) => description.includes('near it'))).toHaveLength(3);
  expect(counted.walks).toBe(3);
});

test('after a hundred violations no more is looked for', () => {
  const { counted, around } = countedSurroundings();
  const members = Array.from({ length: 256 }, (_, i) => ({ model: `nowhere-${i}` }));
  const pool = Pool.fromPartial({ id: 'p', tenant: 't', members, taskTypes: [''] });
  expect(validatePool(pool, around)).toHaveLength(100);
  expect(counted.asked).toBe(100);
});

test('a configuration of many wrong pools is told of a hundred violations, with three suggestions in all', () => {
  const pools = Array.from({ length: 300 }, (_, i) =>
    Pool.fromPartial({ id: `p${i}`, members: [{ provider: 'opnai' }] }),
  );
  const wanted = { providers: [], pools, policies: [], experiments: [] };
  let checked = 0;
  const violations = validateConfiguration(wanted, {
    hosts: { isNamed: () => false, forbidsLiteral: () => false },
    scope: new Set(['']),
    result: wanted,
    modelNamesOf: () => ({ isKnown: () => true, near: () => [] }),
    surroundingsOf: () => {
      checked += 1;
      return { ...surroundings, pools: [] };
    },
  });
  expect(violations).toHaveLength(100);
  expect(violations.filter(({ description }) => description.includes('near it'))).toHaveLength(3);
  expect(checked).toBe(100);
});
