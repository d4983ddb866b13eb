import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busNames } from '@switchyard/contracts';
import { BudgetUnit } from '@switchyard/contracts/cost';
import { LeaseRecall } from '@switchyard/contracts/events';
import { CompleteRequest, type CompleteResponse, Role } from '@switchyard/contracts/routing';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { request as httpRequest } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type FakeCostAccounting, startFakeCostAccounting } from './support/fake-cost-accounting.ts';
import { MODELS, type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const stateDir = mkdtempSync(join(tmpdir(), 'budgets-'));
const newDisk = mkdtempSync(join(tmpdir(), 'budgets-'));
let simulator: Simulator;
let cost: FakeCostAccounting;
let databaseUrl: string;
let routing: RoutingUnderTest;

beforeAll(async () => {
  cost = await startFakeCostAccounting();
  simulator = await startSimulator({ providers: [{ name: 'p', format: 'openai-chat', models: 'any' }] });
  databaseUrl = await servers.postgres.createDatabase();
  routing = await start(cost.address);
  await routing.addProvider({ id: 'p', baseUrl: `${simulator.providers.p?.baseUrl}/v1` });
});

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
  await cost[Symbol.asyncDispose]();
  for (const folder of [stateDir, newDisk]) rmSync(folder, { recursive: true });
});

const start = (address: string, folder = stateDir) =>
  startRouting({
    databaseUrl,
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    stateDir: folder,
    env: { SWITCHYARD_COST_ACCOUNTING_ADDRESS: address },
  });

const complete = (): Promise<CompleteResponse> =>
  callUnary({
    method: routing.inference.complete.bind(routing.inference),
    request: CompleteRequest.fromPartial({
      model: MODELS[0] as string,
      messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Say something.' } }] }],
    }),
    target: routing.target,
    timeoutMs: 10_000,
  });

const REQUESTS = { number: 1n, id: 'team', tenant: 't1', unit: BudgetUnit.REQUESTS, limit: 10n };

/** Puts budgets in force, and returns once the replica holds requests against them. */
async function enforce(...[version, budgets]: Parameters<FakeCostAccounting['setBudgets']>): Promise<void> {
  cost.setBudgets(version, budgets);
  await vi.waitFor(() => expect(cost.lastTold().budgetVersion).toBe(version), { timeout: 20_000 });
}

test('a cost-accounting that is older than budgets is told nothing of them, and nothing is held', async () => {
  await complete();
  expect(cost.lastTold()).toMatchObject({ owner: '', leases: [], asks: [], budgetVersion: '' });
});

test('of 40 at once on a budget of 10 requests ten are answered, the others refused as OpenAI would', async () => {
  await enforce('v1', [REQUESTS]);
  const asked = await Promise.allSettled(Array.from({ length: 40 }, complete));
  const refused = asked.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(30);
  expect(refused[0]).toMatchObject({
    reason: {
      reason: 'BUDGET_EXCEEDED',
      code: 'RESOURCE_EXHAUSTED',
      metadata: { budget: 'team', limit: '10' },
    },
  });
  const { statusCode, body } = await httpRequest(`${routing.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODELS[0], messages: [{ role: 'user', content: 'Hello.' }] }),
  });
  expect(statusCode).toBe(429);
  expect(await body.json()).toMatchObject({
    error: { code: 'insufficient_quota', message: expect.stringContaining('10 requests') },
  });
  const { body: metrics } = await httpRequest(`${routing.opsUrl}/metrics`);
  expect(await metrics.text()).toMatch(/budget_refused_total\{unit="requests",why="exceeded".*\} 31\n/);
});

test('what is recalled goes back at once', async () => {
  await enforce('v2', [{ ...REQUESTS, number: 2n, limit: 1_000n }]);
  await complete();
  expect(cost.account(2).leased).toBeGreaterThan(1n);
  await using connection = await connectTo(servers.nats.url);
  const recall = LeaseRecall.encode({ budget: 2n, windowStartMs: 0n }).finish();
  connection.publish(busNames(servers.nats.prefix).leaseRecall, recall);
  await vi.waitFor(() => expect(cost.account(2).leased).toBe(1n), { timeout: 4_000, interval: 20 });
});

test('at the end all that is unused goes back; who starts while cost-accounting is away spends nothing', async () => {
  await complete();
  expect(cost.account(2).leased).toBeGreaterThan(2n);
  const { owner } = cost.lastTold();
  await routing[Symbol.asyncDispose]();
  expect(cost.account(2).leased).toBe(2n);
  expect(cost.lastTold().outboxes.find(({ outboxId }) => outboxId === owner)).toMatchObject({ closed: true });
  routing = await start('127.0.0.1:1');
  await expect(complete()).rejects.toMatchObject({ reason: 'BUDGETS_UNCHECKED', code: 'UNAVAILABLE' });
});

test('nor does one whose disk is new: it knows the budgets from what others were told', async () => {
  await routing[Symbol.asyncDispose]();
  routing = await start('127.0.0.1:1', newDisk);
  await expect(complete()).rejects.toMatchObject({ reason: 'BUDGETS_UNCHECKED', code: 'UNAVAILABLE' });
});

async function connectTo(url: string) {
  const connection = await connect({ servers: url });
  return {
    publish: (subject: string, data: Uint8Array) => connection.publish(subject, data),
    [Symbol.asyncDispose]: () => connection.drain(),
  };
}
