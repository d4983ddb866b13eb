import { HealthState } from '@switchyard/contracts/health';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AlertClient, DOWN } from './fixture/alert-client.ts';
import { type FakeRouting, startFakeRouting } from './fixture/fake-routing.ts';
import {
  type Caller,
  type RunningHealthProbe,
  startRunningHealthProbe,
} from './fixture/running-health-probe.ts';

const servers = useServers({ postgres: true, nats: true });
const running = new AsyncDisposableStack();

let routing: FakeRouting;
let probe: RunningHealthProbe;

beforeAll(async () => {
  routing = running.use(await startFakeRouting(servers.nats.url, servers.nats.prefix));
  routing.add('shared');
  routing.add('own', { tenant: 't1', behaviour: 'fails' });
  const databaseUrl = await servers.postgres.createDatabase();
  const { url: natsUrl, prefix } = servers.nats;
  probe = running.use(
    await startRunningHealthProbe({ databaseUrl, natsUrl, prefix, routingAddress: routing.address }),
  );
  const states = async () => [await probe.state('shared'), await probe.state('own')];
  await vi.waitFor(async () => expect(await states()).toEqual(['HEALTHY', 'UNAVAILABLE']), {
    timeout: 30_000,
  });
});
afterAll(() => running.disposeAsync());

async function get(path: string, caller?: Caller) {
  const headers: Record<string, string> = caller === undefined ? {} : { authorization: `Bearer ${caller}` };
  const answer = await fetch(`${probe.httpUrl}${path}`, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: each path has a shape of its own, and the assertions say which
  return { statusCode: answer.status, body: (await answer.json()) as any };
}

test('H4: the table by HTTP is that of gRPC, for the same caller', async () => {
  const { statusCode, body } = await get('/v1/health', 'viewer@t1');
  expect(statusCode).toBe(200);
  expect(body.providers).toMatchObject([
    { provider: 'own', tenant: 't1', state: 'HEALTH_STATE_UNAVAILABLE' },
    { provider: 'shared', state: 'HEALTH_STATE_HEALTHY' },
  ]);
  const others = await get('/v1/health', 'viewer@t2');
  expect(others.body.providers.map(({ provider }: { provider: string }) => provider)).toEqual(['shared']);
});

test('H4: one provider, its history by pages and its uptime', async () => {
  const one = await get('/v1/health/own?tenant=t1', 'viewer@t1');
  expect(one.body.health).toMatchObject({ provider: 'own', models: [{ model: 'own-small' }] });
  const { changes } = await probe.history({ provider: 'own', tenant: 't1' });
  const history = await get('/v1/history?provider=own&tenant=t1&page_size=1', 'viewer@t1');
  expect(history.body.changes).toMatchObject([{ toState: 'HEALTH_STATE_UNAVAILABLE' }]);
  expect(changes[0]?.toState).toBe(HealthState.UNAVAILABLE);
  const none = await get(
    '/v1/history?provider=own&tenant=t1&end_time=2020-01-01T00:00:00Z&start_time=2019-12-31T00:00:00%2B01:00',
    'viewer@t1',
  );
  expect(none.body).toEqual({});
  const uptime = await get('/v1/uptime?provider=shared', 'viewer@t1');
  expect(uptime.body.providers[0].spans).toMatchObject([{ spanSeconds: 3600 }, {}, {}]);
});

test('H6: alerts by HTTP, with the same permission as by gRPC', async () => {
  using client = new AlertClient(probe.address, 'admin@t1');
  await client.putRule({ ...DOWN, receivers: [], forSeconds: 0 });
  await expect
    .poll(async () => (await get('/v1/alerts?open_only=true', 'viewer@t1')).body.alerts)
    .toMatchObject([{ rule: 'down', provider: 'own', state: 'ALERT_STATE_FIRING' }]);
  expect((await get('/v1/alerts', 'agent@t1')).statusCode).toBe(403);
});

test.each<[string, Caller | undefined, number, string]>([
  ['/v1/health', undefined, 403, 'PERMISSION_DENIED'],
  ['/v1/health/own?tenant=t1', 'viewer@t2', 404, 'TENANT_NOT_FOUND'],
  ['/v1/health/nobody', 'viewer@t1', 404, 'PROVIDER_NOT_FOUND'],
  ['/v1/health/%', 'viewer@t1', 404, 'PROVIDER_NOT_FOUND'],
  ['/v1/health?page_size=many', 'viewer@t1', 400, 'INVALID_ARGUMENT'],
  ['/v1/health?page_size=1&page_size=2', 'viewer@t1', 400, 'INVALID_ARGUMENT'],
  ['/v1/health?pagesize=1', 'viewer@t1', 400, 'INVALID_ARGUMENT'],
  ['/v1/history?start_time=yesterday', 'viewer@t1', 400, 'INVALID_ARGUMENT'],
  ['/v1/nothing', 'viewer@t1', 404, 'ROUTE_NOT_FOUND'],
])('H4: %s of %s is refused with %i, as google.rpc.Status', async (path, caller, statusCode, reason) => {
  const answer = await get(path, caller);
  expect(answer.statusCode).toBe(statusCode);
  expect(answer.body.error).toMatchObject({
    code: statusCode,
    details: [{ reason }, ...answer.body.error.details.slice(1)],
  });
});
