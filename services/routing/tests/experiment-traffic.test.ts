import { rmSync } from 'node:fs';
import { status } from '@grpc/grpc-js';
import {
  CompleteRequest,
  type CompleteResponse,
  type Decision,
  type ExperimentResults,
  InferenceServiceClient,
  Role,
  StickyKey,
  type VariantResult,
} from '@switchyard/contracts/routing';
import { callMetadata, callUnary, openGrpcClient } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const replicas: RoutingUnderTest[] = [];
const stateDirs: string[] = [];
let databaseUrl: string;
let simulator: Simulator;
/** The operator at each of two replicas. */
let here: ConfigurationClients;
let there: ConfigurationClients;
const opened: ConfigurationClients[] = [];

const MODELS = ['large', 'small', 'flaky', 'steady'];

async function startReplica(env: Readonly<Record<string, string>> = {}): Promise<RoutingUnderTest> {
  // A small model at a tenth of the large one's price.
  const stateDir = stateDirWithPrices(
    MODELS.map((model) => {
      const input = model === 'large' ? 10_000_000_000n : 1_000_000_000n;
      return { provider: 'sim', model, input, output: 4n * input };
    }),
  );
  stateDirs.push(stateDir);
  const routing = await startRouting({
    databaseUrl,
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: authenticateByName,
    stateDir,
    env,
  });
  replicas.push(routing);
  return routing;
}

function open({ target }: RoutingUnderTest, key: string): ConfigurationClients {
  const clients = openConfiguration(target.address, key);
  opened.push(clients);
  return clients;
}

beforeAll(async () => {
  simulator = await startSimulator({ providers: [{ name: 'sim', format: 'openai-chat', models: 'any' }] });
  databaseUrl = await servers.postgres.createDatabase();
  here = open(await startReplica(), 'admin@default!');
  there = open(await startReplica(), 'admin@default!');
  await here.createProvider({
    id: 'sim',
    baseUrl: `${simulator.providers.sim?.baseUrl}/v1`,
    simulated: true,
    models: MODELS.map((model) => ({ model, capabilities: ['text', 'streaming'], maxOutputTokens: 1_000 })),
  });
  await vi.waitFor(async () => expect((await there.route({ model: 'small' }))?.route?.model).toBe('small'), {
    timeout: 20_000,
  });
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  for (const clients of opened) clients.close();
  for (const replica of replicas) await replica[Symbol.asyncDispose]();
  for (const stateDir of stateDirs) rmSync(stateDir, { recursive: true, force: true });
  await simulator?.close();
});

type Draft = Parameters<ConfigurationClients['createExperiment']>[0];

async function start(change: Draft & { readonly id: string }): Promise<void> {
  await here.createExperiment({
    model: 'large',
    variants: [
      { name: 'control', model: 'large', weight: 70 },
      { name: 'new', model: 'small', weight: 30 },
    ],
    stickyBy: StickyKey.AGENT,
    ...change,
  });
  await here.startExperiment(change.id, change.tenant);
}

/** Words enough that requests do not all cost the same. */
const messageOf = (words: number) => ({
  role: Role.USER,
  parts: [{ content: { $case: 'text' as const, value: 'word '.repeat(words) } }],
});

/** Runs so many at once, not more. */
async function eachOf<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += 16)
    results.push(...(await Promise.all(items.slice(i, i + 16).map(run))));
  return results;
}

/** The results once so many requests are in them. */
const resultsWith = (id: string, requests: number): Promise<ExperimentResults> =>
  vi.waitFor(
    async () => {
      const { results } = await there.getExperiment(id);
      const counted = results?.variants.reduce((sum, variant) => sum + Number(variant.requests), 0);
      expect(counted).toBe(requests);
      return results as ExperimentResults;
    },
    { timeout: 20_000, interval: 100 },
  );

async function decisionOf({ requestId }: CompleteResponse): Promise<Decision> {
  const target = { address: replicas[0]?.target.address ?? '', apiKey: 'admin@default!' };
  const client = openGrpcClient(InferenceServiceClient, target);
  try {
    const method = client.getDecision.bind(client);
    const { decision } = await vi.waitFor(
      () => callUnary({ method, request: { requestId }, target, timeoutMs: 5_000 }),
      { timeout: 20_000, interval: 50 },
    );
    return decision as Decision;
  } finally {
    client.close();
  }
}

const AGENTS = Array.from({ length: 300 }, (_, i) => `agent-${i}`);
const costOf = ({ cost }: CompleteResponse) => Number(cost?.totalNanoUsd);

test('an agent has one variant at both replicas, the ratio holds, results equal the decisions’ sums, and the cheaper wins', async () => {
  await start({ id: 'by-agent' });
  await expect.poll(async () => (await there.route({ model: 'large' }))?.experiment).toBe('by-agent');
  const pairs = await eachOf(AGENTS, (agent) =>
    Promise.all(
      [here, there].map((replica) =>
        replica.complete({
          model: 'large',
          context: { agent },
          messages: [messageOf(1 + ((agent.length * 7 + Number(agent.slice(6))) % 50))],
        }),
      ),
    ),
  );
  const served = pairs.map((answers) => answers.map(({ route }) => route?.model ?? ''));
  for (const [first, second] of served) expect(first).toBe(second);
  const news = served.filter(([model]) => model === 'small').length;
  // Five standard deviations.
  expect(Math.abs(news / AGENTS.length - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / AGENTS.length));
  for (const agent of AGENTS.slice(0, 20)) {
    // A route tells the same, and counts nothing.
    const decision = await there.route({ model: 'large', context: { agent } });
    const [model] = served[AGENTS.indexOf(agent)] ?? [];
    expect(decision).toMatchObject({
      requestedModel: 'large',
      experiment: 'by-agent',
      variant: model === 'small' ? 'new' : 'control',
      route: { model },
    });
  }
  const results = await resultsWith('by-agent', 2 * AGENTS.length);
  const answers = pairs.flat();
  for (const [name, model] of [
    ['control', 'large'],
    ['new', 'small'],
  ]) {
    const own = answers.filter(({ route }) => route?.model === model);
    const result = results.variants.find((one) => one.name === name) as VariantResult;
    expect(result).toMatchObject({ requests: BigInt(own.length), failures: 0n });
    expect(result.costNanoUsd?.count).toBe(BigInt(own.length));
    expect((result.costNanoUsd?.mean ?? 0) * own.length).toBeCloseTo(
      own.reduce((sum, answer) => sum + costOf(answer), 0),
      0,
    );
    expect(result.latencyMs?.count).toBe(BigInt(own.length));
    expect(result.latencyMs?.mean).toBeGreaterThan(0);
  }
  expect(results.winner).toBe('new');
  const [, cheaper] = results.variants;
  expect(cheaper?.costNanoUsd?.difference).toBeLessThan(0);
  expect(cheaper?.costNanoUsd?.pValue).toBeLessThan(0.05);
  for (const answer of answers.slice(0, 5))
    expect(await decisionOf(answer)).toMatchObject({
      requestedModel: 'large',
      experiment: 'by-agent',
      variant: answer.route?.model === 'small' ? 'new' : 'control',
      attempts: [{ costNanoUsd: answer.cost?.totalNanoUsd }],
    });
});

/** A change is seen within a second; a machine that stands still for a moment has some more. */
const SEEN = { timeout: 5_000 };

test('a promoted variant answers alone, at the other replica too, and counts no more', async () => {
  const ask = (agent: string) => there.route({ model: 'large', context: { agent } });
  const models = new Set((await eachOf(AGENTS.slice(0, 30), ask)).map((decision) => decision?.route?.model));
  expect(models).toEqual(new Set(['large', 'small']));
  await here.promoteVariant('by-agent', 'new');
  await vi.waitFor(
    async () => {
      for (const decision of await eachOf(AGENTS.slice(0, 30), ask))
        expect(decision).toMatchObject({
          experiment: 'by-agent',
          variant: 'new',
          route: { model: 'small' },
        });
    },
    { ...SEEN, interval: 50 },
  );
  const answers = await eachOf(AGENTS.slice(0, 10), (agent) =>
    there.complete({ model: 'large', context: { agent } }),
  );
  expect(new Set(answers.map(({ route }) => route?.model))).toEqual(new Set(['small']));
  await here.deleteExperiment('by-agent');
  await expect.poll(async () => (await ask('agent-1'))?.route?.model, SEEN).toBe('large');
});

test('what is stopped leaves requests to the name itself', async () => {
  await start({
    id: 'stopped',
    variants: [
      { name: 'control', model: 'large', weight: 0 },
      { name: 'new', model: 'small', weight: 1 },
    ],
  });
  const ask = async () => (await there.route({ model: 'large' }))?.route?.model;
  await expect.poll(ask, SEEN).toBe('small');
  await here.stopExperiment('stopped');
  await expect.poll(ask, SEEN).toBe('large');
});

test("a tenant's own experiment divides its requests alone, before the installation's", async () => {
  const only = (model: string) => [
    { name: 'yes', model, weight: 1 },
    { name: 'no', model: 'large', weight: 0 },
  ];
  await start({ id: 'of-all', model: 'steady', variants: only('small') });
  await start({ id: 'of-acme', tenant: 'acme', model: 'steady', variants: only('flaky') });
  const [first] = replicas as [RoutingUnderTest];
  const asked = async (tenant: string) => {
    const decision = await open(first, `agent@${tenant}`).route({ model: 'steady' });
    return [decision?.experiment, decision?.route?.model];
  };
  expect(await asked('acme')).toEqual(['of-acme', 'flaky']);
  expect(await asked('globex')).toEqual(['of-all', 'small']);
  for (const [id, tenant] of [
    ['of-all', ''],
    ['of-acme', 'acme'],
  ] as const)
    await here.stopExperiment(id, tenant);
});

test('requests that are not answered count as failures, and cost and time are of answered ones', async () => {
  await start({
    id: 'flaky',
    model: 'steady',
    stickyBy: StickyKey.REQUEST,
    variants: [
      { name: 'control', model: 'steady', weight: 1 },
      { name: 'new', model: 'flaky', weight: 1 },
    ],
  });
  simulator.setFaults({
    provider: 'sim',
    rules: [{ match: { model: 'flaky' }, fault: { type: 'status', status: 500 } }],
  });
  const ended = await eachOf(AGENTS.slice(0, 60), () =>
    here.complete({ model: 'steady' }).then(
      ({ route }) => route?.model ?? '',
      () => 'failed',
    ),
  );
  const failed = ended.filter((model) => model === 'failed').length;
  expect(failed).toBeGreaterThan(0);
  const { variants } = await resultsWith('flaky', 60);
  expect(variants[0]).toMatchObject({ requests: BigInt(60 - failed), failures: 0n, errorRate: { mean: 0 } });
  expect(variants[1]).toMatchObject({
    requests: BigInt(failed),
    failures: BigInt(failed),
    errorRate: { mean: 1 },
    costNanoUsd: { count: 0n },
    latencyMs: { count: 0n },
  });
  await here.stopExperiment('flaky');
});

test('a caller that leaves is not counted', async () => {
  await start({ id: 'left', model: 'large', stickyBy: StickyKey.REQUEST });
  simulator.setFaults({ provider: 'sim', rules: [{ fault: { type: 'stall' } }] });
  const [{ inference, target }] = replicas as [RoutingUnderTest];
  const request = CompleteRequest.fromPartial({ model: 'large', messages: [messageOf(1)] });
  const metadata = callMetadata({ ...target, apiKey: 'admin@default!' });
  await new Promise<void>((resolve) => {
    const call = inference.complete(request, metadata, (error) => {
      expect(error?.code).toBe(status.CANCELLED);
      resolve();
    });
    setTimeout(() => call.cancel(), 200);
  });
  simulator.clearFaults();
  await here.complete({ model: 'large' });
  await resultsWith('left', 1);
  await here.stopExperiment('left');
});

test('what was counted last is stored when a replica is told to stop', async () => {
  await start({ id: 'drained', model: 'large', stickyBy: StickyKey.REQUEST });
  // It ends before its counts go out by themselves.
  const third = await startReplica({ ROUTING_DRAIN_WAIT_MS: '0', ROUTING_DRAIN_GRACE_MS: '100' });
  const clients = open(third, 'agent@acme');
  await eachOf(AGENTS.slice(0, 16), () => clients.complete({ model: 'large' }));
  replicas.splice(replicas.indexOf(third), 1);
  await third[Symbol.asyncDispose]();
  const { results } = await here.getExperiment('drained');
  expect(results?.variants.reduce((sum, { requests }) => sum + requests, 0n)).toBe(16n);
  await here.stopExperiment('drained');
});
