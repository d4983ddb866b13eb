import {
  ChangeAction,
  type ConfigurationChange,
  ProviderMode,
  Strategy,
} from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { insist } from '@switchyard/testkit/insist';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let routing: RoutingUnderTest;
let operator: ConfigurationClients;
let acme: ConfigurationClients;
let viewer: ConfigurationClients;

beforeAll(async () => {
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: authenticateByName,
  });
  const open = (key: string) => openConfiguration(routing.target.address, key);
  [operator, acme, viewer] = [open('admin@default!'), open('admin@acme'), open('viewer@acme')];
});

afterAll(async () => {
  for (const clients of [operator, acme, viewer]) clients?.close();
  await routing?.[Symbol.asyncDispose]();
});

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
const provider = (id: string, ...models: string[]) => ({
  id,
  wireFormat: 'openai-chat',
  baseUrl: 'https://example.com/v1',
  models: models.map((model) => ({ model })),
});
/** "+provider one" */
const inShort = (changes: readonly ConfigurationChange[]): string[] =>
  changes.map(({ action, kind, id, tenant, fields }) => {
    const sign = { [ChangeAction.ADDED]: '+', [ChangeAction.CHANGED]: '~' }[action as number] ?? '-';
    const names = action === ChangeAction.CHANGED ? ` ${fields.map(({ name }) => name).join()}` : '';
    return `${sign}${kind} ${tenant}/${id}${names}`;
  });
const WHOLE = {
  providers: [provider('one', 'm1'), provider('two', 'm1', 'm2')],
  pools: [
    { id: 'fast', members: [{ provider: 'two', model: 'm2' }, { provider: 'one' }], taskTypes: ['chat'] },
    { id: 'tier', requirements: { capabilities: ['tools'] } },
  ],
  policies: [{ strategy: Strategy.COST }, { tenant: 'default', requirements: { tags: ['gdpr'] } }],
};

test('a whole configuration is applied in one version, and again changes nothing', async () => {
  const before = BigInt((await operator.getConfiguration()).version);
  const dry = await operator.apply({ configuration: WHOLE, dryRun: true });
  expect(dry.version).toBe(String(before));
  expect((await operator.getConfiguration()).configuration?.providers).toEqual([]);
  const applied = await operator.apply({ configuration: WHOLE });
  expect(applied.changes).toEqual(dry.changes);
  expect(inShort(applied.changes)).toEqual([
    '+provider /one',
    '+provider /two',
    '+pool /fast',
    '+pool /tier',
    '+policy /',
    '+policy default/',
  ]);
  expect(applied.version).toBe(String(before + 1n));
  const again = await operator.apply({ configuration: WHOLE, prune: true });
  expect(again).toMatchObject({ changes: [], version: applied.version });
});

test('what is exported and applied changes nothing', async () => {
  await operator.updateProvider({ id: 'one', mode: ProviderMode.DISABLED, priority: 7 }, 'mode', 'priority');
  const { configuration, version } = await operator.getConfiguration();
  expect(configuration?.providers.map(({ id }) => id)).toEqual(['one', 'two']);
  const applied = await operator.apply({ configuration: configuration as never, prune: true });
  expect(applied).toMatchObject({ changes: [], version });
});

test('a change names its fields, before and after; what is left out gets its default; etag and age are kept', async () => {
  const [before] = (await operator.getConfiguration()).configuration?.providers ?? [];
  const applied = await operator.apply({
    configuration: { providers: [{ ...provider('one', 'm1', 'm3'), region: 'global' }] },
  });
  expect(applied.changes).toMatchObject([
    {
      id: 'one',
      action: ChangeAction.CHANGED,
      fields: [
        { name: 'models', before: '[{"model":"m1"}]', after: '[{"model":"m1"},{"model":"m3"}]' },
        { name: 'priority', before: '7', after: '' },
        { name: 'mode', before: '"PROVIDER_MODE_DISABLED"', after: '' },
      ],
    },
  ]);
  const [after] = (await operator.getConfiguration()).configuration?.providers ?? [];
  expect(after?.createdAt).toEqual(before?.createdAt);
  expect(after?.etag).not.toBe(before?.etag);
});

test('where anything is wrong nothing is changed, and everything wrong is told by its place', async () => {
  const before = await operator.getConfiguration();
  const error = await failure(
    operator.apply({
      configuration: {
        providers: [provider('three', 'm9'), { ...provider('Four'), baseUrl: 'ftp://x' }],
        pools: [
          { id: 'good', members: [{ provider: 'three', model: 'm9' }] },
          { id: 'bad', members: [{ provider: 'one' }, { provider: 'three' }, { provider: 'gone' }] },
          { id: 'good' },
          { id: 'busy', taskTypes: ['chat'] },
        ],
        policies: [{ tenant: 'somebody', requirements: { residency: ['mars'] } }],
      },
    }),
  );
  expect(error.code).toBe('INVALID_ARGUMENT');
  expect(error.violations.map(({ field }) => field).sort()).toEqual([
    'policies[0].requirements.residency[0]',
    'policies[0].tenant',
    'pools[1].members[2].provider',
    'pools[2].id',
    'pools[3].task_types[0]',
    'providers[1].base_url',
    'providers[1].id',
  ]);
  expect(await operator.getConfiguration()).toEqual(before);
});

test('prune removes what is not given, in the scope of the caller alone', async () => {
  const own = { providers: [{ ...provider('acme-own', 'm1'), tenant: 'acme' }] };
  await acme.apply({ configuration: own });
  const applied = await operator.apply({ configuration: { ...WHOLE, pools: [], policies: [] }, prune: true });
  expect(inShort(applied.changes)).toEqual([
    '~provider /one models',
    '-pool /fast',
    '-pool /tier',
    '-policy /',
    '-policy default/',
  ]);
  expect((await acme.getConfiguration()).configuration?.providers.map(({ id }) => id)).toEqual(['acme-own']);
  // As the operator for one tenant: that tenant's alone.
  const emptied = await operator.apply({ tenant: 'acme', configuration: {}, prune: true, dryRun: true });
  expect(inShort(emptied.changes)).toEqual(['-provider acme/acme-own']);
  expect((await operator.getConfiguration('acme')).configuration?.providers).toHaveLength(1);
});

test('a tenant applies its own and nobody else’s', async () => {
  const fields = async (configuration: object) =>
    (await failure(acme.apply({ configuration }))).violations.map(({ field, description }) => [
      field,
      description,
    ]);
  expect(await fields({ pools: [{ id: 'x' }, { id: 'y', tenant: 'globex' }] })).toEqual([
    ['pools[0].tenant', 'must be acme'],
    ['pools[1].tenant', 'must be acme'],
  ]);
  expect(await fields({ providers: [{ ...provider('one'), tenant: 'acme' }] })).toEqual([
    ['providers[0].id', 'is the id of a provider of the installation; take another one'],
  ]);
  // The installation's providers may be members.
  const pool = { id: 'mine', tenant: 'acme', members: [{ provider: 'two' }, { provider: 'acme-own' }] };
  await acme.apply({ configuration: { pools: [pool] } });
  expect((await failure(acme.apply({ tenant: 'globex', configuration: {} }))).code).toBe('NOT_FOUND');
  expect((await failure(acme.getConfiguration('globex'))).code).toBe('NOT_FOUND');
  expect((await failure(viewer.apply({ configuration: {} }))).code).toBe('PERMISSION_DENIED');
});

test('a provider that another tenant’s pool names is not pruned away', async () => {
  const error = await failure(operator.apply({ configuration: {}, prune: true }));
  expect([error.code, error.metadata.pools]).toEqual(['FAILED_PRECONDITION', 'mine (tenant acme)']);
  expect((await operator.getConfiguration()).configuration?.providers).toHaveLength(2);
});

test('documents that come at once follow each other: the last one holds as a whole', async () => {
  const named = (name: string) => ({
    providers: [
      { ...provider('one', 'm1'), displayName: name },
      { ...provider('two', 'm1', 'm2'), displayName: name },
    ],
  });
  await Promise.all(
    Array.from({ length: 8 }, (_, i) =>
      insist(() => operator.apply({ configuration: named(`writer ${i}`) })),
    ),
  );
  const { configuration } = await operator.getConfiguration();
  expect(new Set(configuration?.providers.map(({ displayName }) => displayName)).size).toBe(1);
});
