import { ExperimentState, StickyKey } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let routing: RoutingUnderTest;
let operator: ConfigurationClients;
let acme: ConfigurationClients;
let globex: ConfigurationClients;
let viewer: ConfigurationClients;
let agent: ConfigurationClients;
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
  agent = open('agent@acme');
  await operator.createProvider({ id: 'one', models: [{ model: 'large' }, { model: 'small' }] });
  await acme.createProvider({ id: 'acme-own', tenant: 'acme', models: [{ model: 'private' }] });
  await operator.createPool({ id: 'chat', members: [{ provider: 'one' }] });
});

/** Owner of each experiment that a test has made. */
const made: [id: string, tenant: string][] = [];

afterEach(async () => {
  for (const [id, tenant] of made.splice(0)) {
    await operator.stopExperiment(id, tenant).catch(() => undefined);
    await operator.deleteExperiment(id, tenant).catch(() => undefined);
  }
});

afterAll(async () => {
  for (const clients of opened) clients.close();
  await routing?.[Symbol.asyncDispose]();
});

type Draft = Parameters<ConfigurationClients['createExperiment']>[0];

const draft = (id: string, change: Draft = {}): Draft => ({
  id,
  model: 'chat',
  variants: [
    { name: 'control', model: 'large', weight: 1 },
    { name: 'new', model: 'small', weight: 1 },
  ],
  ...change,
});

function create(clients: ConfigurationClients, id: string, change: Draft = {}) {
  made.push([id, change.tenant ?? '']);
  return clients.createExperiment(draft(id, change));
}

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
const codeOf = async (promise: Promise<unknown>) => (await failure(promise)).code;

test('an experiment is drafted, read with empty results, started, stopped and removed', async () => {
  const created = await create(operator, 'e1', { description: 'is small enough?' });
  expect(created).toMatchObject({
    state: ExperimentState.DRAFT,
    etag: expect.stringMatching(/./),
    createdAt: expect.any(Date),
    startedAt: undefined,
  });
  const read = await operator.getExperiment('e1');
  expect(read.experiment).toEqual(created);
  expect(read.results).toMatchObject({ winner: '', method: expect.stringContaining('Johari') });
  expect(read.results?.variants.map(({ name, requests }) => [name, requests])).toEqual([
    ['control', 0n],
    ['new', 0n],
  ]);
  const started = await operator.startExperiment('e1');
  expect(started).toMatchObject({ state: ExperimentState.RUNNING, startedAt: expect.any(Date) });
  expect(started?.etag).not.toBe(created?.etag);
  expect((await acme.listExperiments()).map(({ id, state }) => [id, state])).toEqual([
    ['e1', ExperimentState.RUNNING],
  ]);
  expect(await operator.stopExperiment('e1')).toMatchObject({
    state: ExperimentState.STOPPED,
    endedAt: expect.any(Date),
  });
  await operator.deleteExperiment('e1');
  expect(await codeOf(operator.getExperiment('e1'))).toBe('NOT_FOUND');
});

test('what only the service may set is set by the service, whatever is sent', async () => {
  const created = await create(operator, 'sly', {
    state: ExperimentState.PROMOTED,
    promoted: 'new',
    etag: 'mine',
    startedAt: new Date(0),
    endedAt: new Date(0),
  });
  expect(created).toMatchObject({ state: ExperimentState.DRAFT, promoted: '', startedAt: undefined });
  expect(created?.etag).not.toBe('mine');
  const decision = await agent.route({ model: 'chat' });
  expect(decision).toMatchObject({ experiment: '', pool: 'chat' });
});

test.each<[string, Draft, string, string]>([
  ['an unknown model', { model: 'chatt' }, 'model', 'near it: chat'],
  [
    'a variant that nobody offers',
    {
      variants: [
        { name: 'a', model: 'chat', weight: 1 },
        { name: 'b', model: 'smal', weight: 1 },
      ],
    },
    'variants[1].model',
    'near it: small',
  ],
  [
    "a variant that only another tenant's provider offers",
    {
      variants: [
        { name: 'a', model: 'private', weight: 1 },
        { name: 'b', model: 'one/small', weight: 1 },
      ],
    },
    'variants[0].model',
    'no configured provider offers the model private',
  ],
  ['a significance of 1', { significance: 1 }, 'significance', 'at most 0.5'],
  ['a label without a name', { stickyBy: StickyKey.LABEL }, 'sticky_label', 'must have 1 to 128'],
])('%s is refused by field, and nothing is kept', async (_, change, field, says) => {
  const error = await failure(operator.createExperiment(draft('wrong', change)));
  expect([error.code, error.violations[0]?.field]).toEqual(['INVALID_ARGUMENT', `experiment.${field}`]);
  expect(error.violations[0]?.description).toContain(says);
  expect(await operator.listExperiments()).toEqual([]);
});

test("a tenant's variants may be of its own providers, its pools, auto names and provider/model", async () => {
  const models = ['private', 'acme-own/private', 'auto:cheapest', 'one/small'];
  const variants = models.map((model, i) => ({ name: `v${i}`, model, weight: 1 }));
  await create(acme, 'wide', { tenant: 'acme', variants });
  expect((await acme.getExperiment('wide')).experiment?.variants).toMatchObject(variants);
});

test('one experiment runs for a name at a time, and the error names it; a tenant may run its own beside it', async () => {
  await create(operator, 'first');
  await create(operator, 'second');
  await create(acme, 'third', { tenant: 'acme' });
  await operator.startExperiment('first');
  const error = await failure(operator.startExperiment('second'));
  expect([error.code, error.metadata.running]).toEqual(['FAILED_PRECONDITION', 'first']);
  expect(await acme.startExperiment('third', 'acme')).toMatchObject({ state: ExperimentState.RUNNING });
  await operator.stopExperiment('first');
  expect(await operator.startExperiment('second')).toMatchObject({ state: ExperimentState.RUNNING });
});

test('two that start at once: one runs', async () => {
  for (const id of ['left', 'right']) await create(operator, id);
  const outcomes = await Promise.allSettled(['left', 'right'].map((id) => operator.startExperiment(id)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('states that do not follow each other are refused with what can be done', async () => {
  await create(operator, 'e2');
  expect(await codeOf(operator.stopExperiment('e2'))).toBe('FAILED_PRECONDITION');
  expect(await codeOf(operator.promoteVariant('e2', 'new'))).toBe('FAILED_PRECONDITION');
  await operator.startExperiment('e2');
  expect(await codeOf(operator.startExperiment('e2'))).toBe('FAILED_PRECONDITION');
  const running = await failure(operator.deleteExperiment('e2'));
  expect([running.code, running.publicMessage]).toEqual([
    'FAILED_PRECONDITION',
    'the experiment e2 runs and cannot be removed; stop it first, or promote one of its variants',
  ]);
  const unknown = await failure(operator.promoteVariant('e2', 'newer'));
  expect([unknown.code, unknown.violations[0]?.field]).toEqual(['INVALID_ARGUMENT', 'variant']);
  expect(unknown.publicMessage).toContain('control, new');
  await operator.stopExperiment('e2');
  expect(await operator.promoteVariant('e2', 'new')).toMatchObject({
    state: ExperimentState.PROMOTED,
    promoted: 'new',
  });
  expect(await codeOf(operator.stopExperiment('e2'))).toBe('FAILED_PRECONDITION');
  expect(await codeOf(operator.startExperiment('e2'))).toBe('FAILED_PRECONDITION');
});

test('what went away since the draft is told at the start, at a promotion, and to callers', async () => {
  await operator.createProvider({ id: 'passing', models: [{ model: 'passing' }] });
  const variants = [
    { name: 'control', model: 'large', weight: 0 },
    { name: 'new', model: 'passing', weight: 1 },
  ];
  await create(operator, 'late', { variants });
  await create(operator, 'begun', { variants, model: 'one/large' });
  await operator.startExperiment('begun');
  await operator.deleteProvider('passing');
  const failures = [
    await failure(operator.startExperiment('late')),
    await failure(operator.promoteVariant('begun', 'new')),
  ];
  for (const { code, publicMessage } of failures)
    expect([code, publicMessage]).toEqual(['FAILED_PRECONDITION', expect.stringContaining('passing')]);
  // Nor is it a riddle for those whose requests it gets.
  const { code, publicMessage } = await failure(agent.route({ model: 'one/large' }));
  expect([code, publicMessage]).toEqual([
    'NOT_FOUND',
    expect.stringContaining('the model "passing", which an experiment has put in place of "one/large"'),
  ]);
});

test("another tenant's experiment is NOT_FOUND, and the installation's needs its key", async () => {
  await create(acme, 'secret', { tenant: 'acme' });
  for (const tenant of ['', 'acme'])
    expect(await codeOf(globex.getExperiment('secret', tenant))).toBe('NOT_FOUND');
  expect(await codeOf(globex.startExperiment('secret', 'acme'))).toBe('NOT_FOUND');
  expect(await codeOf(globex.stopExperiment('secret', 'acme'))).toBe('NOT_FOUND');
  expect(await codeOf(globex.promoteVariant('secret', 'new', 'acme'))).toBe('NOT_FOUND');
  expect(await codeOf(globex.deleteExperiment('secret', 'acme'))).toBe('NOT_FOUND');
  expect(await codeOf(globex.createExperiment(draft('planted', { tenant: 'acme' })))).toBe('NOT_FOUND');
  expect(await codeOf(globex.listExperiments('acme'))).toBe('NOT_FOUND');
  expect(await globex.listExperiments()).toEqual([]);
  expect(await codeOf(acme.createExperiment(draft('everybodys')))).toBe('PERMISSION_DENIED');
  expect((await operator.listExperiments('acme')).map(({ id }) => id)).toEqual(['secret']);
});

test("a tenant sees the installation's experiment, but not its figures, which are those of all", async () => {
  await create(operator, 'shared');
  expect(await acme.getExperiment('shared')).toMatchObject({
    experiment: { id: 'shared' },
    results: undefined,
  });
  expect((await operator.getExperiment('shared')).results?.variants).toHaveLength(2);
  expect(await codeOf(acme.createExperiment(draft('shared', { tenant: 'acme' })))).toBe('ALREADY_EXISTS');
});

test('viewers and agents read experiments and change nothing', async () => {
  await create(acme, 'seen', { tenant: 'acme' });
  for (const reader of [viewer, agent]) {
    expect((await reader.listExperiments()).map(({ id }) => id)).toEqual(['seen']);
    expect((await reader.getExperiment('seen')).results?.variants).toHaveLength(2);
    for (const attempt of [
      reader.createExperiment(draft('x', { tenant: 'acme' })),
      reader.startExperiment('seen', 'acme'),
      reader.stopExperiment('seen', 'acme'),
      reader.promoteVariant('seen', 'new', 'acme'),
      reader.deleteExperiment('seen', 'acme'),
    ])
      expect(await codeOf(attempt)).toBe('PERMISSION_DENIED');
  }
});
