import { Strategy } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { request as httpRequest } from 'undici';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;
let clients: ConfigurationClients;

beforeAll(async () => {
  const names = ['eu', 'us'];
  simulator = await startSimulator({
    providers: names.map((name) => ({ name, format: 'openai-chat' as const, models: 'any' as const })),
  });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
  });
  clients = openConfiguration(routing.target.address, routing.target.apiKey);
  for (const [i, id] of names.entries())
    await routing.addProvider({
      id,
      baseUrl: `${simulator.providers[id]?.baseUrl}/v1`,
      region: id === 'eu' ? 'eu-west' : 'us-east',
      priority: 20 - i * 10,
      tags: id === 'eu' ? ['gdpr'] : [],
    });
  await clients.createPool({
    id: 'private',
    members: [
      { provider: 'eu', model: 'm1' },
      { provider: 'us', model: 'm2' },
    ],
    requirements: { residency: ['eu-west'] },
    taskTypes: ['deep_analysis'],
  });
});

afterEach(async () => {
  for (const tenant of ['', 't1']) await clients.setPolicy({ tenant });
});

afterAll(async () => {
  clients?.close();
  await routing?.[Symbol.asyncDispose]();
  await simulator?.close();
});

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );

test('a pool is asked for as a model; its requirements count, and the decision names each member', async () => {
  expect((await clients.complete({ model: 'private' })).route).toMatchObject({ provider: 'eu', model: 'm1' });
  const decision = await clients.route({ model: 'private' });
  expect(
    decision?.candidates.map(({ provider, exclusions }) => [provider, exclusions[0]?.constraint]),
  ).toEqual([
    ['eu', undefined],
    ['us', 'residency'],
  ]);
});

test('a kind of task finds its pool, over gRPC and over HTTP', async () => {
  const taskType = 'deep_analysis';
  expect((await clients.complete({ model: 'auto', requirements: { taskType } })).route?.provider).toBe('eu');
  const unknown = await failure(clients.complete({ model: 'auto', requirements: { taskType: 'nothing' } }));
  expect([unknown.code, unknown.violations[0]?.field]).toEqual([
    'INVALID_ARGUMENT',
    'requirements.task_type',
  ]);
  const answer = await httpRequest(`${routing.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'auto',
      messages: [{ role: 'user', content: 'hello' }],
      switchyard: { requirements: { task_type: taskType } },
    }),
  });
  expect(answer.statusCode).toBe(200);
  expect(await answer.body.json()).toMatchObject({
    object: 'chat.completion',
    switchyard: { provider: 'eu', model: 'm1' },
  });
});

test('the policies of the installation and of the tenant narrow every request, each by itself', async () => {
  expect((await clients.route({ model: 'm3' }))?.route?.provider).toBe('us');
  await clients.setPolicy({ requirements: { tags: ['gdpr'] } });
  expect((await clients.route({ model: 'm3' }))?.route?.provider).toBe('eu');
  await clients.setPolicy({ tenant: 't1', requirements: { excludedProviders: ['eu'] } });
  const refused = await clients.route({ model: 'm3' });
  expect(refused?.route).toBeUndefined();
  // Each candidate is told whose requirement it does not meet.
  const details = refused?.candidates.map(({ provider, exclusions }) => [provider, exclusions[0]?.detail]);
  expect(Object.fromEntries(details ?? [])).toEqual({
    eu: 'the policy of tenant t1 excludes this provider',
    us: "does not carry gdpr (the installation's policy)",
  });
  await clients.setPolicy({ tenant: '' });
  expect((await clients.route({ model: 'm3' }))?.route?.provider).toBe('us');
});

test('what the request asks for and a policy rules out is refused, with the field and whose policy it is', async () => {
  await clients.setPolicy({ tenant: 't1', requirements: { residency: ['eu-west'] } });
  const error = await failure(clients.route({ model: 'm3', requirements: { residency: ['us-east'] } }));
  expect([error.code, error.reason]).toEqual(['FAILED_PRECONDITION', 'REQUIREMENTS_CONFLICT']);
  expect(error.violations).toEqual([
    {
      field: 'requirements.residency',
      description:
        'no region is in each of the lists: the request allows us-east; the policy of tenant t1 allows eu-west',
    },
  ]);
});

test('a policy’s strategy counts where the request has none', async () => {
  await clients.setPolicy({ strategy: Strategy.COST });
  expect((await clients.route({ model: 'm3' }))?.strategy).toBe(Strategy.COST);
  expect((await clients.route({ model: 'm3', strategy: Strategy.PRIORITY }))?.strategy).toBe(
    Strategy.PRIORITY,
  );
});

test('a pool whose members are gone says so', async () => {
  await clients.createProvider({ id: 'brief', models: [{ model: 'b1' }] });
  await clients.createPool({ id: 'orphaned', members: [{ model: 'b1' }] });
  await clients.updateProvider({ id: 'brief', models: [{ model: 'b2' }] }, 'models');
  const error = await failure(clients.complete({ model: 'orphaned' }));
  expect([error.code, error.reason, error.metadata.pool]).toEqual([
    'FAILED_PRECONDITION',
    'POOL_EMPTY',
    'orphaned',
  ]);
});

test('an unknown model is told what it may have been', async () => {
  const error = await failure(clients.complete({ model: 'privat' }));
  expect([error.code, error.reason, error.metadata.near]).toEqual([
    'NOT_FOUND',
    'MODEL_NOT_FOUND',
    'private',
  ]);
});

test('contradictory requirements of a request are refused by field', async () => {
  const requirements = { preferredProviders: ['eu'], excludedProviders: ['eu'] };
  const error = await failure(clients.complete({ model: 'm3', requirements }));
  expect([error.code, error.violations[0]?.field]).toEqual([
    'INVALID_ARGUMENT',
    'requirements.preferred_providers[0]',
  ]);
});

test('over HTTP pools and the names of auto are listed as models of switchyard', async () => {
  const listed = await httpRequest(`${routing.httpUrl}/v1/models`);
  const { data } = (await listed.body.json()) as { data: { id: string; owned_by: string }[] };
  const ours = data.filter((one) => one.owned_by === 'switchyard').map(({ id }) => id);
  expect(ours).toEqual(expect.arrayContaining(['auto', 'auto:cheapest', 'private']));
  const one = await httpRequest(`${routing.httpUrl}/v1/models/private`);
  expect(await one.body.json()).toMatchObject({ id: 'private', owned_by: 'switchyard' });
});
