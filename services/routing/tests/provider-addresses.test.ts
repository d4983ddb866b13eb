import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { CompleteRequest, Role } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const TENANT = 't1';
let simulator: Simulator;
let databaseUrl: string;
let canary: Server;
let canaryPort: number;
let hits: number;

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [{ name: 'inner', format: 'openai-chat', models: 'any' }],
  });
  canary = createServer((socket) => {
    hits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  canaryPort = (canary.address() as AddressInfo).port;
  databaseUrl = await servers.postgres.createDatabase();
});
beforeEach(() => {
  hits = 0;
});
afterAll(async () => {
  await simulator.close();
  await new Promise((resolve) => canary.close(resolve));
});

const start = (plaintextHosts: string) =>
  startRouting({
    databaseUrl,
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    env: { ROUTING_PLAINTEXT_HOSTS: plaintextHosts },
  });

/** The simulator, by a name of this machine. */
function innerUrl(): string {
  const url = new URL(`${simulator.providers.inner?.baseUrl}/v1`);
  url.hostname = 'localhost';
  return url.href;
}

function complete({ inference, target }: RoutingUnderTest, model: string) {
  const request = CompleteRequest.fromPartial({
    model,
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
  });
  const method = inference.complete.bind(inference);
  return callUnary({ method, request, target, timeoutMs: 10_000 });
}

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );

/** What the decision of a failed request says of its attempts. */
async function attemptsOf({ inference, target }: RoutingUnderTest, error: ServiceError) {
  const method = inference.getDecision.bind(inference);
  const request = { requestId: error.metadata.request_id ?? '' };
  const { decision } = await vi.waitFor(
    () => callUnary({ method, request, target, timeoutMs: 5_000 }),
    20_000,
  );
  return decision?.attempts;
}

const REFUSED = {
  outcome: 'connection',
  detail: 'the address of localhost is not allowed',
  httpStatus: 0,
  costNanoUsd: 0n,
};

test("a tenant's provider inside the installation is called where the operator named its host, and not elsewhere", async () => {
  const baseUrl = innerUrl();
  const id = 'named';
  {
    await using routing = await start(`localhost:${new URL(baseUrl).port}`);
    await routing.addProvider({ id, tenant: TENANT, baseUrl });
    expect((await complete(routing, 'm0')).route?.provider).toBe(id);
  }
  // The same provider, from the database, once its host is not named any more.
  await using routing = await start('other.test');
  const before = simulator.stats().providers.inner?.received;
  expect(before).toBe(1);
  const error = await failure(complete(routing, 'm0'));
  expect(error.code).toBe('UNAVAILABLE');
  expect(await attemptsOf(routing, error)).toEqual([expect.objectContaining({ provider: id, ...REFUSED })]);
  expect(simulator.stats().providers.inner?.received).toBe(before);
});

test("a tenant's provider at an https host inside is refused before it is connected to, the installation's is not", async () => {
  await using routing = await start('');
  const baseUrl = `https://localhost:${canaryPort}/v1`;
  const models = (model: string) => [{ model, catalogModel: '', capabilities: ['text'] }];
  await routing.addProvider({ id: 'secure', tenant: TENANT, baseUrl, models: models('inside') });
  const error = await failure(complete(routing, 'inside'));
  expect(await attemptsOf(routing, error)).toEqual([
    expect.objectContaining({ provider: 'secure', ...REFUSED }),
  ]);
  expect(hits).toBe(0);
  await routing.addProvider({ id: 'own', baseUrl, models: models('own-inside') });
  await failure(complete(routing, 'own-inside'));
  expect(hits).toBeGreaterThan(0);
});

test("a tenant's provider at an internal address is refused when it is configured, by its field", async () => {
  await using routing = await start('');
  for (const host of ['127.0.0.1', '10.0.0.5', '[::1]', '169.254.169.254']) {
    const { code, violations } = await failure(
      routing.addProvider({ id: 'literal', tenant: TENANT, baseUrl: `https://${host}/v1` }),
    );
    expect([code, violations.map(({ field }) => field)]).toEqual(['INVALID_ARGUMENT', ['provider.base_url']]);
  }
});

test('a list of hosts that cannot be read stops the start, and names the entry', async () => {
  await expect(start('vllm:8000,http://vllm')).rejects.toThrow(
    'ROUTING_PLAINTEXT_HOSTS: "http://vllm" is not host or host:port',
  );
});
