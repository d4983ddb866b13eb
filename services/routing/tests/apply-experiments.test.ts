import { ChangeAction, ExperimentState, ProviderMode, StickyKey } from '@switchyard/contracts/routing';
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

beforeAll(async () => {
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: authenticateByName,
  });
  operator = openConfiguration(routing.target.address, 'admin@default!');
  acme = openConfiguration(routing.target.address, 'admin@acme');
});

afterEach(async () => {
  for (const { id } of await operator.listExperiments()) {
    await operator.stopExperiment(id).catch(() => undefined);
    await operator.deleteExperiment(id);
  }
});

afterAll(async () => {
  for (const clients of [operator, acme]) clients?.close();
  await routing?.[Symbol.asyncDispose]();
});

type Applied = Parameters<ConfigurationClients['apply']>[0];
type Experiments = NonNullable<NonNullable<Applied['configuration']>['experiments']>;

const BASE = {
  providers: [
    {
      id: 'one',
      wireFormat: 'openai-chat',
      baseUrl: 'https://example.com/v1',
      models: [{ model: 'large' }, { model: 'small' }],
    },
  ],
  pools: [{ id: 'chat', members: [{ provider: 'one' }] }],
};
const variants = [
  { name: 'control', model: 'large', weight: 1 },
  { name: 'new', model: 'small', weight: 1 },
];
const { DRAFT, RUNNING, STOPPED, PROMOTED } = ExperimentState;
/** A document with one provider, one pool and these experiments. */
const withExperiments = (...experiments: Experiments) => ({ configuration: { ...BASE, experiments } });
const stateOf = async (id: string) => (await operator.getExperiment(id)).experiment?.state;
const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
/** What is refused: field and description. */
const refusals = async (request: Applied): Promise<string[]> => {
  const { code, violations } = await failure(operator.apply(request));
  expect(code).toBe('INVALID_ARGUMENT');
  return violations.map(({ field, description }) => `${field}: ${description}`);
};

test('providers, pools and an experiment that runs come in one version, as the dry run said; again it changes nothing', async () => {
  const wanted = withExperiments({ id: 'e', model: 'chat', variants, state: RUNNING });
  const before = (await operator.getConfiguration()).version;
  const dry = await operator.apply({ ...wanted, dryRun: true });
  expect(await operator.listExperiments()).toEqual([]);
  const applied = await operator.apply(wanted);
  expect(applied.changes).toEqual(dry.changes);
  expect(applied.changes.map(({ kind, id, action }) => [kind, id, action])).toEqual([
    ['provider', 'one', ChangeAction.ADDED],
    ['pool', 'chat', ChangeAction.ADDED],
    ['experiment', 'e', ChangeAction.ADDED],
  ]);
  expect(BigInt(applied.version)).toBe(BigInt(before) + 1n);
  expect(await operator.getExperiment('e')).toMatchObject({
    experiment: { state: RUNNING, createdAt: expect.any(Date), startedAt: expect.any(Date) },
  });
  expect((await operator.route({ model: 'chat' }))?.experiment).toBe('e');
  expect(
    await operator.apply({ ...wanted, configuration: { ...wanted.configuration }, prune: true }),
  ).toMatchObject({
    changes: [],
    version: applied.version,
  });
});

test('a draft is changed and started, then stopped, by the state that is wished; without a state it stays where it is', async () => {
  await operator.apply(withExperiments({ id: 'e', model: 'chat', variants }));
  expect(await stateOf('e')).toBe(DRAFT);
  const heavier = variants.map((one) => ({ ...one, weight: 3 }));
  const started = await operator.apply(
    withExperiments({ id: 'e', model: 'chat', variants: heavier, state: RUNNING }),
  );
  expect(started.changes[0]?.fields.map(({ name }) => name)).toEqual(['variants', 'state']);
  // Defaults that are written out are none that differ.
  const said = { id: 'e', model: 'chat', variants: heavier, stickyBy: StickyKey.REQUEST, description: 'why' };
  const described = await operator.apply(withExperiments(said));
  expect(described.changes.map(({ fields }) => fields.map(({ name }) => name))).toEqual([['description']]);
  expect(await stateOf('e')).toBe(RUNNING);
  await operator.apply(withExperiments({ ...said, state: STOPPED }));
  expect((await operator.getExperiment('e')).experiment).toMatchObject({
    state: STOPPED,
    startedAt: expect.any(Date),
    endedAt: expect.any(Date),
  });
  expect((await operator.route({ model: 'chat' }))?.experiment).toBe('');
});

test('what cannot be changed in an experiment that runs is refused by field, with what can be done', async () => {
  await operator.apply(withExperiments({ id: 'e', model: 'chat', variants, state: RUNNING }));
  const before = await operator.getConfiguration();
  const found = await refusals(
    withExperiments({ id: 'e', model: 'large', variants: [...variants].reverse(), significance: 0.01 }),
  );
  expect(found.map((text) => text.split(':')[0])).toEqual([
    'experiments[0].model',
    'experiments[0].variants',
    'experiments[0].significance',
  ]);
  for (const text of found)
    expect(text).toMatch(/leave it as it was, or stop it and add another one under a new id$/);
  expect(await refusals(withExperiments({ id: 'e', model: 'chat', variants, state: DRAFT }))).toEqual([
    'experiments[0].state: the experiment e has been started and is a draft no more; leave state out, or add another one under a new id',
  ]);
  expect(await operator.getConfiguration()).toEqual(before);
});

test('one ends and the next one starts for the same name in one step; two at once are refused', async () => {
  await operator.apply(withExperiments({ id: 'first', model: 'chat', variants, state: RUNNING }));
  const next = { id: 'next', model: 'chat', variants, state: RUNNING };
  expect(await refusals(withExperiments(next))).toEqual([
    'experiments[0].state: the experiment first runs for chat already; stop it, or promote one of its variants, in the same step or before',
  ]);
  const end = { id: 'first', model: 'chat', variants, state: PROMOTED };
  expect(await refusals(withExperiments(end, next))).toEqual([
    'experiments[0].promoted: must be one of its variants with state promoted: control, new',
  ]);
  await operator.apply(withExperiments({ ...end, promoted: 'new' }, next));
  expect([await stateOf('first'), await stateOf('next')]).toEqual([PROMOTED, RUNNING]);
});

test('prune removes drafts and what has ended, and leaves what runs with a word on how to end it', async () => {
  await operator.apply(
    withExperiments(
      { id: 'draft', model: 'chat', variants },
      { id: 'over', model: 'chat', variants, state: STOPPED },
      { id: 'runs', model: 'chat', variants, state: RUNNING },
    ),
  );
  const error = await failure(operator.apply({ configuration: BASE, prune: true }));
  expect([error.code, error.publicMessage]).toEqual([
    'FAILED_PRECONDITION',
    'the experiment runs runs and cannot be removed; stop it first, or promote one of its variants',
  ]);
  await operator.apply({ ...withExperiments({ id: 'runs', model: 'chat', variants }), prune: true });
  expect((await operator.listExperiments()).map(({ id }) => id)).toEqual(['runs']);
});

test('what is exported is applied elsewhere as it was: promoted variants answer, and what is over may name models that are gone', async () => {
  await operator.apply(
    withExperiments(
      { id: 'over', model: 'chat', variants, state: STOPPED },
      { id: 'won', model: 'large', variants, state: PROMOTED, promoted: 'new' },
    ),
  );
  await operator.deletePool('chat');
  const { configuration, version } = await operator.getConfiguration();
  expect(configuration?.experiments.map(({ id, state }) => [id, state])).toEqual([
    ['over', STOPPED],
    ['won', PROMOTED],
  ]);
  const applied = await operator.apply({ configuration: configuration as never, prune: true });
  expect(applied).toMatchObject({ changes: [], version });
  expect((await operator.route({ model: 'large' }))?.route?.model).toBe('small');
});

test('an experiment of a pool that the same document leaves out is refused with its place, and nothing is written', async () => {
  await operator.apply(withExperiments({ id: 'e', model: 'chat', variants, state: RUNNING }));
  const { pools: _, ...rest } = BASE;
  const experiment = { id: 'e', model: 'chat', variants, state: RUNNING };
  const found = await refusals({ configuration: { ...rest, experiments: [experiment] }, prune: true });
  expect(found).toEqual([
    expect.stringMatching(/^experiments\[0\]\.model: no configured provider offers the model chat/),
  ]);
  expect(await operator.getPool('chat')).toBeDefined();
});

test('a tenant applies experiments of its own, under ids that are free', async () => {
  await operator.apply(withExperiments({ id: 'e', model: 'chat', variants }));
  const own = { id: 'e', tenant: 'acme', model: 'chat', variants };
  const error = await failure(acme.apply({ configuration: { experiments: [own] } }));
  expect(error.violations).toEqual([
    {
      field: 'experiments[0].id',
      description: 'is the id of an experiment of the installation; take another one',
    },
  ]);
  await acme.apply({ configuration: { experiments: [{ ...own, id: 'own', state: RUNNING }] } });
  expect((await acme.getConfiguration()).configuration?.experiments.map(({ id }) => id)).toEqual(['own']);
  await acme.apply({ configuration: { experiments: [{ ...own, id: 'own', state: STOPPED }] } });
  await acme.apply({ configuration: {}, prune: true });
  expect((await operator.getConfiguration('acme')).configuration?.experiments).toEqual([]);
});

test('what was expected at a version is applied to that version alone', async () => {
  const { version } = await operator.apply({ configuration: BASE, dryRun: true });
  await operator.updateProvider({ id: 'one', mode: ProviderMode.MAINTENANCE }, 'mode');
  const now = String(BigInt(version) + 1n);
  for (const dryRun of [true, false]) {
    const error = await failure(operator.apply({ configuration: BASE, expectedVersion: version, dryRun }));
    expect([error.code, error.reason, error.publicMessage]).toEqual([
      'ABORTED',
      'VERSION_MISMATCH',
      `the configuration is at version ${now}, not at ${version} as expected: it has been changed since; export again, look at what changed, apply again`,
    ]);
  }
  expect((await operator.getConfiguration()).configuration?.providers[0]?.mode).toBe(
    ProviderMode.MAINTENANCE,
  );
  await operator.apply({ configuration: BASE, expectedVersion: now });
  expect(
    (await failure(operator.apply({ configuration: BASE, expectedVersion: 'latest' }))).violations,
  ).toEqual([{ field: 'expected_version', description: expect.stringMatching(/such as 12/) }]);
});
