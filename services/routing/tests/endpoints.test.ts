import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { Strategy } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { request as httpRequest } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ProviderSecrets } from '../src/ports.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { bearer } from './support/ready-keys.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
const replicas: RoutingUnderTest[] = [];
const clients: ConfigurationClients[] = [];
let one: ConfigurationClients;

/** By id of the secret; the provider takes only keys that begin with "good". */
const KEYS = new Map([
  ['key-a', 'good-a'],
  ['key-b', 'good-b'],
  ['revoked', 'refused'],
]);
const secrets: ProviderSecrets = {
  stateOf: ({ credentialRef }) => (KEYS.has(credentialRef) ? 'ready' : 'missing'),
  get: ({ credentialRef }) => {
    const key = KEYS.get(credentialRef);
    return key === undefined ? Promise.resolve(undefined) : bearer(key);
  },
  problemOf: ({ credentialRef }) => (KEYS.has(credentialRef) ? undefined : 'it is not there'),
};

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'many', format: 'openai-chat', models: 'any', apiKeys: ['good-a', 'good-b'] },
      { name: 'eu', format: 'openai-chat', models: 'any', apiKeys: ['good-a', 'good-b'] },
    ],
  });
  const databaseUrl = await servers.postgres.createDatabase();
  const setup = { databaseUrl, natsUrl: servers.nats.url, subjectPrefix: servers.nats.prefix, secrets };
  for (let i = 0; i < 2; i++) replicas.push(await startRouting(setup));
  for (const { target } of replicas) clients.push(openConfiguration(target.address, target.apiKey));
  one = clients[0] as ConfigurationClients;
});

afterAll(async () => {
  for (const client of clients) client.close();
  for (const replica of replicas) await replica[Symbol.asyncDispose]();
  await simulator?.close();
});

const baseUrl = (name: string) => `${simulator.providers[name]?.baseUrl}/v1`;
const model = (name: string) => ({
  model: name,
  capabilities: ['text', 'streaming'],
  contextTokens: 100_000,
  maxOutputTokens: 100,
});
/** A provider of one model with its own name, by two keys. */
const twoKeys = (id: string, ...keys: string[]) => ({
  id,
  baseUrl: baseUrl('many'),
  models: [model(id)],
  endpoints: keys.map((credentialRef) => ({ id: credentialRef, credentialRef })),
});
const times = <T>(count: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, make));

test('requests are shared by two keys of one provider, under every strategy; metrics and usage name them', async () => {
  await one.createProvider(twoKeys('shared', 'key-a', 'key-b'));
  const nats = await connect({ servers: servers.nats.url });
  const seen = new Set<string>();
  const usage = nats.subscribe(`${busNames(servers.nats.prefix).usage('t1')}`, {
    callback: (_, { data }) => {
      for (const { record } of UsageBatch.decode(data).records) seen.add(UsageRecord.decode(record).endpoint);
    },
  });
  await nats.flush();
  for (const strategy of [Strategy.PRIORITY, Strategy.COST, Strategy.LEAST_LOADED]) {
    const answers = await times(40, () => one.complete({ model: 'shared', strategy }));
    const used = answers.map(({ route }) => route?.endpoint);
    expect(new Set(used)).toEqual(new Set(['key-a', 'key-b']));
    expect(used.filter((id) => id === 'key-a').length).toBeGreaterThan(5);
  }
  const metrics = await httpRequest(`${replicas[0]?.opsUrl}/metrics`).then(({ body }) => body.text());
  for (const id of ['key-a', 'key-b'])
    expect(metrics).toMatch(new RegExp(`attempts_total.*provider="shared",endpoint="${id}",outcome="ok"`));
  await vi.waitFor(() => expect(seen).toEqual(new Set(['key-a', 'key-b'])), 20_000);
  usage.unsubscribe();
  await nats.close();
});

test('a key that the provider refuses costs one attempt: the other key serves, and the decision names both', async () => {
  await one.createProvider(twoKeys('half', 'key-a', 'revoked'));
  await one.createProvider({
    id: 'other',
    baseUrl: baseUrl('many'),
    credentialRef: 'key-a',
    models: [model('half')],
    priority: 1_000,
  });
  const answers = await times(24, () => one.complete({ model: 'half' }));
  expect(new Set(answers.map(({ route }) => `${route?.provider} ${route?.endpoint}`))).toEqual(
    new Set(['half key-a']),
  );
  expect(answers.some(({ route }) => route?.fallbacks === 1)).toBe(true);
  // After some failures the breaker of that key alone is open.
  await vi.waitFor(async () => {
    await one.complete({ model: 'half' });
    const decision = await one.route({ model: 'half' });
    const refused = decision?.candidates.find(({ endpoint }) => endpoint === 'revoked');
    expect(refused?.exclusions.map(({ constraint }) => constraint)).toEqual(['breaker']);
  }, 20_000);
  const decision = await one.route({ model: 'half' });
  expect(decision?.route).toMatchObject({ provider: 'half', endpoint: 'key-a' });
  expect(decision?.reason).toContain('; by key-a, its only endpoint that fits');
});

test('a key that is missing excludes its endpoint, and with both missing the message names both', async () => {
  await one.createProvider(twoKeys('keyless', 'lost', 'key-b'));
  const { route } = await one.complete({ model: 'keyless' });
  expect(route?.endpoint).toBe('key-b');
  await one.updateProvider(twoKeys('keyless', 'lost', 'gone'), 'endpoints');
  const refused = await one.complete({ model: 'keyless' }).catch((error: ServiceError) => error);
  const { code, message } = refused as ServiceError;
  expect(code).toBe('FAILED_PRECONDITION');
  expect(message).toContain('keyless/keyless#lost: credential');
  expect(message).toContain('keyless/keyless#gone: credential');
});

test('residency picks the endpoint in the EU alone', async () => {
  await one.createProvider({
    id: 'worldwide',
    baseUrl: baseUrl('many'),
    credentialRef: 'key-a',
    region: 'us-east',
    models: [model('worldwide')],
    endpoints: [{ id: 'us' }, { id: 'eu', baseUrl: baseUrl('eu'), region: 'eu-west' }],
  });
  const requirements = { residency: ['eu-west'] };
  const answers = await times(10, () => one.complete({ model: 'worldwide', requirements }));
  expect(new Set(answers.map(({ route }) => route?.endpoint))).toEqual(new Set(['eu']));
  expect(simulator.stats().providers.eu?.served).toBe(10);
  const decision = await one.route({ model: 'worldwide', requirements });
  expect(
    decision?.candidates.map(({ endpoint, region, exclusions }) => [endpoint, region, exclusions.length]),
  ).toEqual([
    ['eu', 'eu-west', 0],
    ['us', 'us-east', 1],
  ]);
});

test('both replicas see a change of the endpoints', async () => {
  await one.createProvider(twoKeys('moving', 'key-a'));
  const endpointsAt = async (client: ConfigurationClients) =>
    (await client.route({ model: 'moving' }))?.candidates.map(({ endpoint }) => endpoint).sort();
  for (const client of clients) await expect.poll(() => endpointsAt(client)).toEqual(['key-a']);
  for (const keys of [['key-a', 'key-b'], ['key-b']]) {
    await one.updateProvider(twoKeys('moving', ...keys), 'endpoints');
    await vi.waitFor(
      async () => {
        for (const client of clients) expect(await endpointsAt(client)).toEqual(keys);
      },
      { timeout: 10_000, interval: 10 },
    );
  }
});

test('a document carries endpoints: the plan shows them, applied again it changes nothing', async () => {
  const document = {
    providers: [
      {
        ...twoKeys('written', 'key-a', 'key-b'),
        wireFormat: 'openai-chat',
        endpoints: [{ id: 'eu', region: 'eu-west', tags: ['gdpr'], weight: 0, credentialRef: 'key-a' }],
      },
    ],
  };
  const { changes } = await one.apply({ configuration: document as never, dryRun: true });
  const planned = changes[0]?.fields.find(({ name }) => name === 'endpoints');
  expect(JSON.parse(planned?.after ?? '')).toEqual([
    { id: 'eu', credential_ref: 'key-a', region: 'eu-west', tags: ['gdpr'], weight: 0 },
  ]);
  await one.apply({ configuration: document as never });
  expect((await one.apply({ configuration: document as never })).changes).toEqual([]);
  const bad = { ...document.providers[0], endpoints: [{ id: 'a' }, { id: 'a', baseUrl: 'ftp://x' }] };
  const refused = await one.apply({ configuration: { providers: [bad] } as never }).catch((error) => error);
  expect((refused as ServiceError).violations?.map(({ field }) => field)).toEqual([
    'providers[0].endpoints[1].id',
    'providers[0].endpoints[1].base_url',
  ]);
});
