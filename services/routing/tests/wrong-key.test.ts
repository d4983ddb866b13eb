import { CompleteRequest, Purpose, Role } from '@switchyard/contracts/routing';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withWrongKey } from '../src/transport/with-wrong-key.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const running = new AsyncDisposableStack();

let simulator: Simulator;
let routing: RoutingUnderTest;

const keyless = { kind: 'fixed', headers: {}, secrets: [] } as const;

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'strict', format: 'openai-chat', models: 'any', apiKeys: ['test-key'] },
      { name: 'keyless', format: 'openai-chat', models: 'any' },
    ],
  });
  running.defer(() => simulator.close());
  routing = running.use(
    await startRouting({
      databaseUrl: await servers.postgres.createDatabase(),
      natsUrl: servers.nats.url,
      subjectPrefix: servers.nats.prefix,
      secrets: readyKeys(({ id }) => (id === 'keyless' ? keyless : bearer('test-key'))),
    }),
  );
  for (const id of ['strict', 'keyless'])
    await routing.addProvider({ id, baseUrl: `${simulator.providers[id]?.baseUrl}/v1` });
});
afterAll(() => running.disposeAsync());

const ask = (provider: string, more: Parameters<typeof CompleteRequest.fromPartial>[0] = {}) =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: CompleteRequest.fromPartial({
      model: 'auto',
      messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'ping' } }] }],
      requirements: { allowedProviders: [provider] },
      failover: { allowed: false },
      purpose: Purpose.PROBE,
      ...more,
    }),
    target: routing.target,
    timeoutMs: 10_000,
  });

test('H5: a wrong key is refused by the provider, however often, and the right one works as before', async () => {
  // More often than opens a breaker.
  for (let n = 0; n < 8; n++)
    await expect(ask('strict', { wrongKey: true })).rejects.toMatchObject({
      reason: 'PROVIDER_AUTHENTICATION',
    });
  const { route } = await ask('strict', { purpose: Purpose.USER_REQUEST });
  expect(route?.provider).toBe('strict');
  const statistics = await callUnary({
    method: routing.inference.listProviders.bind(routing.inference),
    request: { pageSize: 10, pageToken: '' },
    target: routing.target,
    timeoutMs: 5_000,
  });
  const strict = statistics.providers.find(({ provider }) => provider?.id === 'strict');
  expect(strict?.successRate).toBe(1);
});

test('H5: who needs no key is passed over, and is not called', async () => {
  const before = simulator.stats().providers.keyless?.received ?? 0;
  await expect(ask('keyless', { wrongKey: true })).rejects.toMatchObject({ reason: 'NO_KEY_TO_CHECK' });
  expect(simulator.stats().providers.keyless?.received ?? 0).toBe(before);
});

test('H5: only a probe may show a wrong key', async () => {
  await expect(ask('strict', { wrongKey: true, purpose: Purpose.USER_REQUEST })).rejects.toMatchObject({
    violations: [{ field: 'wrong_key' }],
  });
});

test('H5: nothing of the right key is in the headers of a wrong one; a key that signs requests cannot be wrong', () => {
  const wrong = withWrongKey(bearer('test-key'));
  expect(JSON.stringify(wrong)).not.toContain('test-key');
  expect(wrong?.kind === 'fixed' && wrong.headers.authorization).toMatch(/^Bearer .+/);
  expect(withWrongKey(keyless)).toBeUndefined();
  expect(withWrongKey({ kind: 'signed', sign: () => ({}), secrets: ['x'] })).toBeUndefined();
  expect(
    withWrongKey({ kind: 'fixed', headers: { authorization: 'Basic eA==' }, secrets: ['x'] }),
  ).toBeUndefined();
});
