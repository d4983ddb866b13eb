import { TestOutcome, TestSuite } from '@switchyard/contracts/health';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import { type RunningHealthProbe, startRunningHealthProbe } from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });

let running: AsyncDisposableStack;
let routing: FakeRouting;
let probe: RunningHealthProbe;

beforeEach(async () => {
  running = new AsyncDisposableStack();
  routing = running.use(await startFakeRouting(servers.nats.url, servers.nats.prefix));
  routing.add('shared');
  const small = { capabilities: ['text'], pricesPerMillionNanoUsd: { input: 2n, output: 2n } };
  const cheaper = { capabilities: ['text'], pricesPerMillionNanoUsd: { input: 1n, output: 1n } };
  routing.add('own', {
    tenant: 't1',
    models: [
      { model: 'own-small', ...small },
      { model: 'secret-of-t2', tenant: 't2', ...cheaper },
    ],
  });
  const databaseUrl = await servers.postgres.createDatabase();
  const { url: natsUrl, prefix } = servers.nats;
  const env = { HEALTH_PROBE_ACTIVE: 'false' };
  const options = { databaseUrl, natsUrl, prefix, env, routingAddress: routing.address };
  probe = running.use(await startRunningHealthProbe(options));
  await expect.poll(async () => (await probe.list()).providers.length, { timeout: 10_000 }).toBe(2);
});
afterEach(() => running.disposeAsync());

test('H5: only an admin tests, and only what it pays for', async () => {
  const shared = { provider: 'shared' };
  const own = { provider: 'own', tenant: 't1' };
  for (const caller of ['viewer@t1', 'agent@t1'] as const)
    await expect(probe.test(own, caller)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await expect(probe.test(shared, 'admin@t1')).rejects.toMatchObject({ reason: 'TEST_NOT_ALLOWED' });
  await expect(probe.test(own, 'admin@t2')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(probe.test({ provider: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(routing.probes).toEqual([]);
});

test('H5: the plan comes first, then one result for each test; what no model can do is unsupported', async () => {
  const [first, ...results] = await probe.test(
    { provider: 'own', tenant: 't1', suite: TestSuite.FULL },
    'admin@t1',
  );
  const plan = first?.event?.$case === 'plan' ? first.event.value.tests : [];
  const outcomes = results.flatMap(({ event }) =>
    event?.$case === 'result' ? [[event.value.test, event.value.outcome] as const] : [],
  );
  expect(outcomes.map(([name]) => name).toSorted()).toEqual(plan.toSorted());
  const unsupported = outcomes
    .filter(([, outcome]) => outcome === TestOutcome.UNSUPPORTED)
    .map(([name]) => name);
  // The fake's model writes text, and can do nothing else.
  expect(unsupported.toSorted()).toEqual(['embeddings', 'stream', 'structured_output', 'tools', 'vision']);
  const passed = outcomes.filter(([, outcome]) => outcome === TestOutcome.PASSED).map(([name]) => name);
  expect(passed).toContain('wrong_key');
});

test('H5: vectors are tested where a model gives some, and cost what they cost', async () => {
  const prices = { pricesPerMillionNanoUsd: { input: 1n } };
  routing.add('vectors', { models: [{ model: 'embedder', capabilities: ['embeddings'], ...prices }] });
  await expect.poll(async () => (await probe.list()).providers.length, { timeout: 10_000 }).toBe(3);
  const events = await probe.test({ provider: 'vectors', suite: TestSuite.FULL });
  const results = events.flatMap(({ event }) => (event?.$case === 'result' ? [event.value] : []));
  expect(results.find(({ test: name }) => name === 'embeddings')).toMatchObject({
    ...{ outcome: TestOutcome.PASSED, model: 'embedder', costNanoUsd: 7n, requestId: 'e' },
    detail: '2 numbers each',
  });
});

test('H5: models that another tenant has at a provider of the same name are neither called nor told', async () => {
  const own = { provider: 'own', tenant: 't1' };
  const events = await probe.test(own, 'admin@t1');
  const models = events.flatMap(({ event }) => (event?.$case === 'result' ? [event.value.model] : []));
  // Of the two tests, the fake's model takes one.
  expect(models.toSorted()).toEqual(['', 'own-small']);
  await expect(probe.test({ ...own, model: 'secret-of-t2' }, 'admin@t1')).rejects.toMatchObject({
    reason: 'MODEL_NOT_FOUND',
  });
});

test.each([
  [{ provider: '' }, 'provider'],
  [{ provider: 'shared', testTimeout: { seconds: 121n, nanos: 0 } }, 'test_timeout'],
  [{ provider: 'shared', suite: 7 as TestSuite }, 'suite'],
])('H5: a test of %o is refused by the name of the field', async (request, field) => {
  await expect(probe.test(request)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    publicMessage: expect.stringContaining(field),
  });
});
