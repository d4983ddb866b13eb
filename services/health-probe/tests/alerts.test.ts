import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { busNames } from '@switchyard/contracts';
import { AlertSeverity, DeliveryState } from '@switchyard/contracts/alert';
import { AlertChanged } from '@switchyard/contracts/events';
import { AlertMetric, AlertState, HealthState } from '@switchyard/contracts/health';
import { ProviderMode } from '@switchyard/contracts/routing';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlertClient, DOWN } from './fixture/alert-client.ts';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import {
  type Caller,
  type RunningHealthProbe,
  startRunningHealthProbe,
} from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });
const PATIENCE = { timeout: 20_000, interval: 50 };

let running: AsyncDisposableStack;
let routing: FakeRouting;
let databaseUrl: string;
let hook: Hook;
let probe: RunningHealthProbe;
let prefix: string;
let runs = 0;

interface Hook {
  readonly host: string;
  readonly url: string;
  readonly events: { readonly type: string; readonly alert: string; readonly id: string | undefined }[];
  /** Statuses of the next answers; then 200. */
  readonly answers: number[];
}

async function startHook(): Promise<Hook> {
  const events: Hook['events'] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { type, data } = body as { type: string; data: { alert_id: string } };
      events.push({ type, alert: data.alert_id, id: request.headers['webhook-id']?.toString() });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}/hook`, events, answers };
}

const start = async (): Promise<RunningHealthProbe> => {
  const env = { HEALTH_PROBE_ALLOWED_PRIVATE_HOSTS: hook.host };
  const { url: natsUrl } = servers.nats;
  return running.use(
    await startRunningHealthProbe({ databaseUrl, natsUrl, prefix, env, routingAddress: routing.address }),
  );
};
const as = (caller?: Caller) => running.use(new AlertClient(probe.address, caller));
const ops = () => ({ id: 'ops', target: { $case: 'webhook' as const, value: { url: hook.url } } });

beforeEach(async () => {
  running = new AsyncDisposableStack();
  prefix = `${servers.nats.prefix}${++runs}`;
  routing = running.use(await startFakeRouting(servers.nats.url, prefix));
  databaseUrl = await servers.postgres.createDatabase();
  hook = await startHook();
  probe = await start();
});
afterEach(() => running.disposeAsync());

const types = () => hook.events.map(({ type }) => type);

/** Watches the provider `p`, which works. */
async function watched(rule = DOWN): Promise<AlertClient> {
  routing.add('p');
  await probe.until('p', 'HEALTHY');
  const client = as();
  await client.putReceiver(ops());
  await client.putRule(rule);
  return client;
}

const setBehaviour = (behaviour: 'ok' | 'fails') => {
  const provider = routing.providers.get('p');
  if (provider !== undefined) provider.behaviour = behaviour;
};

test('H6: an alert fires once, at the webhook and on NATS, and is resolved once; its deliveries are seen', async () => {
  const client = await watched();
  setBehaviour('fails');
  await expect.poll(types, PATIENCE).toEqual(['alert.firing']);
  await expect
    .poll(async () => (await client.alerts()).map(({ state }) => state))
    .toEqual([AlertState.FIRING]);
  setBehaviour('ok');
  await expect.poll(types, PATIENCE).toEqual(['alert.firing', 'alert.resolved']);
  await expect
    .poll(async () =>
      (await client.alerts())[0]?.deliveries.map(({ receiver, event, state }) => [receiver, event, state]),
    )
    .toEqual([
      ['', 'firing', DeliveryState.DELIVERED],
      ['ops', 'firing', DeliveryState.DELIVERED],
      ['', 'resolved', DeliveryState.DELIVERED],
      ['ops', 'resolved', DeliveryState.DELIVERED],
    ]);
  const [alert] = await client.alerts();
  expect(new Set(hook.events.map(({ alert: id }) => id))).toEqual(new Set([alert?.id]));
  expect(alert).toMatchObject({ rule: 'down', provider: 'p', state: AlertState.RESOLVED });
  await expect.poll(toldOnNats).toHaveLength(2);
  const told = await toldOnNats();
  expect(told.map(({ subject, alertId }) => [subject, alertId])).toEqual([
    ['firing', alert?.id],
    ['resolved', alert?.id],
  ]);
  expect(told[0]).toMatchObject({
    severity: 'warning',
    subject_: { provider: 'p' },
    metric: 'state',
    value: 3,
  });
  expect(told[0]?.summary).toContain('state unavailable');
}, 60_000);

async function toldOnNats() {
  const nats = await connect({ servers: servers.nats.url });
  running.defer(() => nats.close());
  const consumer = await nats.jetstream().consumers.get(busNames(prefix).streams.alerts);
  const found: (Omit<AlertChanged, 'subject'> & { subject: string | undefined; subject_: object })[] = [];
  for await (const message of await consumer.fetch({ max_messages: 10, expires: 1_000 })) {
    const { subject: about, ...event } = AlertChanged.decode(message.data);
    found.push({ ...event, subject: message.subject.split('.').at(-2), subject_: about });
  }
  return found;
}

test('H6: an alert that fires goes on over a restart: nobody is told again, and its end is told', async () => {
  await watched();
  setBehaviour('fails');
  await expect.poll(types, PATIENCE).toEqual(['alert.firing']);
  await probe[Symbol.asyncDispose]();
  probe = await start();
  const client = as();
  await expect.poll(async () => (await client.alerts()).length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(types()).toEqual(['alert.firing']);
  setBehaviour('ok');
  await expect.poll(types, PATIENCE).toEqual(['alert.firing', 'alert.resolved']);
}, 60_000);

test('H6: of two replicas one tells, also when the other takes over in between', async () => {
  await watched();
  const other = await start();
  setBehaviour('fails');
  await expect.poll(types, PATIENCE).toEqual(['alert.firing']);
  await probe[Symbol.asyncDispose]();
  probe = other;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  setBehaviour('ok');
  await expect.poll(types, PATIENCE).toEqual(['alert.firing', 'alert.resolved']);
}, 60_000);

test('H6: a receiver that fails is told again by the same id; one that refuses is given up, visibly', async () => {
  const client = await watched();
  hook.answers.push(500, 503);
  setBehaviour('fails');
  // Two pauses between deliveries: 7.5 to 15 s, and 15 to 30 s.
  await expect
    .poll(types, { ...PATIENCE, timeout: 120_000 })
    .toEqual(['alert.firing', 'alert.firing', 'alert.firing']);
  expect(new Set(hook.events.map(({ id }) => id)).size).toBe(1);
  hook.answers.push(410);
  setBehaviour('ok');
  await expect
    .poll(
      async () => (await client.alerts())[0]?.deliveries.filter(({ receiver }) => receiver === 'ops'),
      PATIENCE,
    )
    .toMatchObject([
      { attempts: 3, state: DeliveryState.DELIVERED, lastError: '' },
      { attempts: 1, state: DeliveryState.FAILED, lastError: 'HTTP 410' },
    ]);
}, 240_000);

test('H6: errors of live traffic fire; a provider put in maintenance, or a rule taken away, ends it', async () => {
  const rule = {
    ...DOWN,
    metric: AlertMetric.ERROR_RATE,
    worstState: HealthState.UNSPECIFIED,
    threshold: 0.5,
  };
  const client = await watched({ ...rule, windowSeconds: 10, minRequests: 20 });
  await routing.traffic('p', { ok: 5, failed: 30 });
  await expect.poll(types, PATIENCE).toEqual(['alert.firing']);
  const provider = routing.providers.get('p');
  if (provider !== undefined) provider.mode = ProviderMode.MAINTENANCE;
  await expect.poll(types, PATIENCE).toEqual(['alert.firing', 'alert.resolved']);
  if (provider !== undefined) provider.mode = ProviderMode.ENABLED;
  await probe.until('p', 'HEALTHY');
  await routing.traffic('p', { ok: 5, failed: 60 });
  await expect.poll(types, PATIENCE).toHaveLength(3);
  await client.deleteRule('down');
  await expect
    .poll(types, PATIENCE)
    .toEqual(['alert.firing', 'alert.resolved', 'alert.firing', 'alert.resolved']);
}, 60_000);

test('H6: a tenant sees its own alone, and is told of its own providers and the shared ones', async () => {
  routing.add('shared', { behaviour: 'fails' });
  routing.add('own', { tenant: 't1', behaviour: 'fails' });
  routing.add('foreign', { tenant: 't2', behaviour: 'fails' });
  const tenant = as('admin@t1');
  const rule = { ...DOWN, receivers: [], forSeconds: 0 };
  expect(await tenant.putRule(rule)).toMatchObject({
    tenant: 't1',
    severity: AlertSeverity.WARNING,
    provider: '',
  });
  await expect
    .poll(async () => (await tenant.alerts()).map(({ provider }) => provider).toSorted(), PATIENCE)
    .toEqual(['own', 'shared']);
  await probe.until('foreign', 'UNAVAILABLE');
  expect((await tenant.alerts()).length).toBe(2);
  const other = as('admin@t2');
  expect([await other.alerts(), await other.rules(), await as('admin@installation').rules()]).toEqual([
    [],
    [],
    [],
  ]);
  expect((await as('admin@installation').rules('t1')).length).toBe(1);
  await expect(other.rules('t1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(other.deleteRule('down')).rejects.toMatchObject({ reason: 'ALERT_RULE_NOT_FOUND' });
  const page = await tenant.page({ pageSize: 1 });
  const rest = await tenant.page({ pageSize: 1, pageToken: page.nextPageToken });
  expect(new Set([...page.alerts, ...rest.alerts].map(({ id }) => id)).size).toBe(2);
  expect(rest.nextPageToken).toBe('');
}, 60_000);

test('H6: a viewer reads, an agent does not, and neither changes anything', async () => {
  expect(await as('viewer@t1').rules()).toEqual([]);
  await expect(as('agent@t1').rules()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  for (const caller of ['viewer@t1', 'agent@t1'] as const) {
    await expect(as(caller).putRule(DOWN)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(as(caller).putReceiver(ops())).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  }
});

test.each([
  [{ ...DOWN, id: 'No!' }, 'rule.id'],
  [{ ...DOWN, metric: AlertMetric.UNSPECIFIED }, 'rule.metric'],
  [{ ...DOWN, worstState: HealthState.HEALTHY }, 'rule.worst_state'],
  [{ ...DOWN, threshold: 1 }, 'rule.threshold'],
  [{ ...DOWN, receivers: ['nobody'] }, 'rule.receivers[0]'],
  [{ ...DOWN, forSeconds: 86_401 }, 'rule.for_seconds'],
  [{ ...DOWN, metric: AlertMetric.ERROR_RATE, worstState: 0, threshold: 1.1 }, 'rule.threshold'],
  [
    { ...DOWN, metric: AlertMetric.ERROR_RATE, worstState: 0, threshold: 0.1, resolveThreshold: 0.2 },
    'rule.resolve_threshold',
  ],
  [
    { ...DOWN, metric: AlertMetric.LATENCY_P95, worstState: 0, threshold: 100, windowSeconds: 9 },
    'rule.window_seconds',
  ],
] as const)('H6: a rule like %o is refused by the name of the field', async (rule, field) => {
  await expect(as().putRule(rule as Parameters<AlertClient['putRule']>[0])).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [{ field }],
  });
});

test('H6: a receiver inside the installation is refused unless an operator named it; one in use stays; a test tells what came of it', async () => {
  const client = as();
  const inside = { id: 'in', target: { $case: 'webhook' as const, value: { url: 'https://10.0.0.1/' } } };
  await expect(client.putReceiver(inside)).rejects.toMatchObject({
    violations: [{ field: 'receiver.webhook.url' }],
  });
  await client.putReceiver(ops());
  expect((await client.receivers()).map(({ id }) => id)).toEqual(['ops']);
  expect(await client.test('ops')).toMatchObject({ delivered: true, error: '' });
  hook.answers.push(500);
  expect(await client.test('ops')).toMatchObject({ delivered: false, error: 'HTTP 500' });
  expect(types()).toEqual(['alert.test', 'alert.test']);
  await client.putRule(DOWN);
  await expect(client.deleteReceiver('ops')).rejects.toMatchObject({ reason: 'RECEIVER_IN_USE' });
  await client.deleteRule('down');
  await client.deleteReceiver('ops');
  expect(await client.receivers()).toEqual([]);
});
