import { CacheUse, HedgeUse, Strategy } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let routing: RoutingUnderTest;
let operator: ConfigurationClients;
let acme: ConfigurationClients;
let globex: ConfigurationClients;
let viewer: ConfigurationClients;
const opened: ConfigurationClients[] = [];

beforeAll(async () => {
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: authenticateByName,
  });
  const open = (key: string) => {
    const clients = openConfiguration(routing.target.address, key);
    opened.push(clients);
    return clients;
  };
  operator = open('admin@default!');
  acme = open('admin@acme');
  globex = open('admin@globex');
  viewer = open('viewer@acme');
  await operator.createProvider({ id: 'one', models: [{ model: 'm1' }, { model: 'm2' }] });
  await operator.createProvider({ id: 'two', models: [{ model: 'm1' }] });
  await acme.createProvider({ id: 'acme-own', tenant: 'acme', models: [{ model: 'private' }] });
});

afterAll(async () => {
  for (const clients of opened) clients.close();
  await routing?.[Symbol.asyncDispose]();
});

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
const codeOf = async (promise: Promise<unknown>) => (await failure(promise)).code;

test('a pool is created, read, changed by mask and etag, listed and removed', async () => {
  const created = await operator.createPool({
    id: 'fast',
    description: 'for chats',
    members: [{ provider: 'one', model: 'm1', weight: 3 }, { provider: 'two' }],
    strategy: Strategy.COST,
    taskTypes: ['chat'],
  });
  expect(created).toMatchObject({
    id: 'fast',
    etag: expect.stringMatching(/./),
    updatedAt: expect.any(Date),
  });
  expect(await acme.getPool('fast')).toEqual(created);
  const etag = created?.etag ?? '';
  const changed = await operator.updatePool({ id: 'fast', etag, description: 'for all' }, 'description');
  expect(changed).toMatchObject({ description: 'for all', strategy: Strategy.COST, taskTypes: ['chat'] });
  expect(await codeOf(operator.updatePool({ id: 'fast', etag, description: 'late' }, 'description'))).toBe(
    'ABORTED',
  );
  expect(await codeOf(operator.deletePool('fast', { etag }))).toBe('ABORTED');
  expect((await acme.listPools()).map(({ id }) => id)).toEqual(['fast']);
  await operator.deletePool('fast');
  expect(await codeOf(acme.getPool('fast'))).toBe('NOT_FOUND');
});

test('what a pool says of cached answers and of hedging is changed by mask', async () => {
  await operator.createPool({ id: 'calm', members: [{ provider: 'one' }] });
  const said = {
    cache: { use: CacheUse.ON, ttlSeconds: 60 },
    hedge: { use: HedgeUse.OFF, delayMs: undefined },
  };
  expect(await operator.updatePool({ id: 'calm', ...said }, 'cache', 'hedge')).toMatchObject(said);
  expect(await operator.updatePool({ id: 'calm' }, 'hedge')).toMatchObject({ ...said, hedge: undefined });
  await operator.deletePool('calm');
});

test('an update mask that is missing or names what cannot be changed is refused', async () => {
  await operator.createPool({ id: 'masked', members: [{ provider: 'one' }] });
  for (const mask of [[], ['id'], ['etag'], ['toString']]) {
    const error = await failure(operator.updatePool({ id: 'masked' }, ...mask));
    expect([error.code, error.violations[0]?.field]).toEqual(['INVALID_ARGUMENT', 'update_mask']);
  }
  await operator.deletePool('masked');
});

test('the id of a pool is taken by the installation and by the owner; a tenant may have what another one has', async () => {
  await operator.createPool({ id: 'shared', members: [{ provider: 'one' }] });
  expect(await codeOf(acme.createPool({ id: 'shared', tenant: 'acme' }))).toBe('ALREADY_EXISTS');
  for (const [clients, tenant] of [
    [acme, 'acme'],
    [globex, 'globex'],
  ] as const)
    await clients.createPool({ id: 'own', tenant, description: tenant });
  expect((await acme.getPool('own'))?.description).toBe('acme');
  expect((await acme.listPools()).map(({ id, tenant }) => [id, tenant])).toEqual([
    ['own', 'acme'],
    ['shared', ''],
  ]);
  // The installation's later one of the same name does not take the tenant's place.
  await operator.createPool({ id: 'own', description: 'installation' });
  expect((await acme.getPool('own'))?.description).toBe('acme');
  expect((await viewer.getPool('own'))?.description).toBe('acme');
  expect((await operator.getPool('own'))?.description).toBe('installation');
  for (const tenant of ['', 'acme', 'globex']) await operator.deletePool('own', { tenant });
  await operator.deletePool('shared');
});

test('what another tenant has is NOT_FOUND, and what is the installation’s needs its key', async () => {
  await acme.createPool({ id: 'secret', tenant: 'acme', members: [{ provider: 'acme-own' }] });
  for (const tenant of ['', 'acme']) expect(await codeOf(globex.getPool('secret', tenant))).toBe('NOT_FOUND');
  const pool = { id: 'secret', tenant: 'acme', description: 'x' };
  expect(await codeOf(globex.updatePool(pool, 'description'))).toBe('NOT_FOUND');
  expect(await codeOf(globex.deletePool('secret', { tenant: 'acme' }))).toBe('NOT_FOUND');
  expect(await codeOf(globex.createPool({ ...pool, id: 'planted' }))).toBe('NOT_FOUND');
  expect(await codeOf(globex.listPools('acme'))).toBe('NOT_FOUND');
  expect(await globex.listPools()).toEqual([]);
  expect(await codeOf(acme.createPool({ id: 'everybodys' }))).toBe('PERMISSION_DENIED');
  // Nor can it be a member of another's pool.
  const error = await failure(
    globex.createPool({ id: 'reaching', tenant: 'globex', members: [{ provider: 'acme-own' }] }),
  );
  expect(error.violations[0]?.field).toBe('pool.members[0].provider');
  expect((await operator.listPools('acme')).map(({ id }) => id)).toEqual(['secret']);
  await acme.deletePool('secret', { tenant: 'acme' });
});

test('viewers read pools and change nothing; policies are for administrators', async () => {
  expect(await viewer.listPools()).toEqual([]);
  expect(await codeOf(viewer.createPool({ id: 'x', tenant: 'acme' }))).toBe('PERMISSION_DENIED');
  expect(await codeOf(viewer.getPolicy())).toBe('PERMISSION_DENIED');
  expect(await codeOf(viewer.setPolicy({ tenant: 'acme' }))).toBe('PERMISSION_DENIED');
});

test('a provider that a pool names is not removed: the error names the pools', async () => {
  await operator.createProvider({ id: 'needed', models: [{ model: 'm9' }] });
  await acme.createPool({ id: 'of-acme', tenant: 'acme', members: [{ provider: 'needed' }] });
  await operator.createPool({ id: 'of-all', members: [{ provider: 'needed', model: 'm9' }] });
  const error = await failure(operator.deleteProvider('needed'));
  expect([error.code, error.metadata.pools]).toEqual([
    'FAILED_PRECONDITION',
    'of-all, of-acme (tenant acme)',
  ]);
  await operator.deletePool('of-all');
  await operator.deletePool('of-acme', { tenant: 'acme' });
  await operator.deleteProvider('needed');
});

test('pools and removals that come at once leave no pool without its provider', async () => {
  for (let round = 0; round < 10; round++) {
    await operator.createProvider({ id: `racing-${round}`, models: [{ model: 'm9' }] });
    const [created, removed] = await Promise.allSettled([
      operator.createPool({ id: `racing-${round}`, members: [{ provider: `racing-${round}` }] }),
      operator.deleteProvider(`racing-${round}`),
    ]);
    expect([created.status, removed.status].sort()).toEqual(['fulfilled', 'rejected']);
  }
});

test('a provider keeps the models that pools name, by an update and by a whole configuration', async () => {
  const before = { id: 'kept', models: [{ model: 'k1' }, { model: 'k2' }] };
  await operator.createProvider(before);
  await acme.createPool({ id: 'keeper', tenant: 'acme', members: [{ provider: 'kept', model: 'k1' }] });
  const without = { ...before, models: [{ model: 'k2' }] };
  const updated = await failure(operator.updateProvider(without, 'models'));
  expect([updated.code, updated.reason]).toEqual(['FAILED_PRECONDITION', 'PROVIDER_IN_USE']);
  expect(updated.message).toContain('k1 (pool keeper (tenant acme))');
  const current = (await operator.getConfiguration()).configuration?.providers.find(
    ({ id }) => id === 'kept',
  );
  const apply = (models: readonly { readonly model: string }[]) =>
    operator.apply({ configuration: { providers: [{ ...current, models } as never] } });
  expect(await failure(apply(without.models))).toMatchObject({ reason: 'PROVIDER_IN_USE' });
  expect((await acme.route({ model: 'keeper' }))?.candidates.map(({ model }) => model)).toEqual(['k1']);
  // What no pool names may go.
  await operator.updateProvider({ ...before, models: [{ model: 'k1' }] }, 'models');
  await acme.deletePool('keeper', { tenant: 'acme' });
  await operator.updateProvider(without, 'models');
  await operator.deleteProvider('kept');
});

test('policies: set, read, replaced as a whole, removed by one that says nothing', async () => {
  expect(await operator.getPolicy()).toMatchObject({ tenant: '', etag: '' });
  const set = await operator.setPolicy({ requirements: { tags: ['gdpr'] } });
  expect(await operator.getPolicy()).toEqual(set);
  await acme.setPolicy({ tenant: 'acme', strategy: Strategy.COST });
  expect((await acme.listPolicies()).map(({ tenant }) => tenant)).toEqual(['', 'acme']);
  expect((await globex.listPolicies()).map(({ tenant }) => tenant)).toEqual(['']);
  expect(await acme.getPolicy()).toMatchObject({ tenant: 'acme', strategy: Strategy.COST });
  expect(await codeOf(globex.getPolicy('acme'))).toBe('NOT_FOUND');
  expect(await codeOf(globex.setPolicy({ tenant: 'acme' }))).toBe('NOT_FOUND');
  expect(await codeOf(acme.setPolicy({ strategy: Strategy.COST }))).toBe('PERMISSION_DENIED');
  expect(await codeOf(operator.setPolicy({ etag: 'stale', strategy: Strategy.COST }))).toBe('ABORTED');
  await operator.setPolicy({ etag: set?.etag ?? '' });
  await operator.setPolicy({ tenant: 'acme' });
  expect(await acme.listPolicies()).toEqual([]);
});

test.each([
  ['an unknown capability', { requirements: { capabilities: ['flying'] } }, 'requirements.capabilities[0]'],
  ['an unknown region', { requirements: { residency: ['mars'] } }, 'requirements.residency[0]'],
  ['an unknown strategy', { strategy: 99 as never }, 'strategy'],
  ['a negative weight', { compositeWeights: { cost: -1 } }, 'composite_weights'],
  ['a kind of task', { requirements: { taskType: 'chat' } }, 'requirements.task_type'],
] as const)('a policy with %s is refused by field and changes nothing', async (_, change, field) => {
  const error = await failure(acme.setPolicy({ tenant: 'acme', ...change } as never));
  expect([error.code, error.violations[0]?.field]).toEqual(['INVALID_ARGUMENT', `policy.${field}`]);
  expect(await acme.listPolicies()).toEqual([]);
});
