import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { busNames } from '@switchyard/contracts';
import { AlertChanged } from '@switchyard/contracts/events';
import type { ManagedProcess } from '@switchyard/deploy';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runSwitchyard } from '../cli/run-switchyard.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

const PATIENCE = { timeout: 120_000, interval: 250 };
const SECRET = 'signing-secret-of-the-test';

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let started: TestFleet;
let control: SimulatorControl;
let folder: string;
let hookUrl: string;
const stack = new AsyncDisposableStack();
const hooked: Told[] = [];

beforeAll(async () => {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      hooked.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  hookUrl = `http://${host}/alerts`;
  folder = await mkdtemp(join(tmpdir(), 'switchyard-alerts-'));
  stack.defer(() => rm(folder, { recursive: true }));
  started = await startTestFleet({
    healthProbeReplicas: 2,
    env: {
      HEALTH_PROBE_IDLE_INTERVAL_MS: '1000',
      HEALTH_PROBE_SUSPICIOUS_INTERVAL_MS: '500',
      HEALTH_PROBE_LEASE_MS: '3000',
      HEALTH_PROBE_ALLOWED_PRIVATE_HOSTS: host,
    },
  });
  stack.use(started);
  control = new SimulatorControl(started.fleet.simulatorUrl);
});
afterAll(() => stack.disposeAsync());

const run = (...args: string[]) =>
  runSwitchyard(args, { env: { ...started.fleet.devEnv, HOOK_SECRET: SECRET } });
const types = () => hooked.map(({ body }) => JSON.parse(body).type as string);

async function leader(): Promise<ManagedProcess> {
  const probers = started.fleet.processes.filter(({ name }) => name.startsWith('health-probe'));
  return await vi.waitFor(async () => {
    for (const one of probers) {
      const answer = await fetch(`${one.opsUrl}/metrics`).catch(() => undefined);
      const metrics = (await answer?.text()) ?? '';
      if (/^switchyard_health_probe_is_leader(?:\{[^}]*\})? 1$/m.test(metrics)) return one;
    }
    throw new Error('nobody leads');
  }, PATIENCE);
}

async function applyRules(): Promise<void> {
  const file = join(folder, 'alerts.yaml');
  const rule =
    '{ id: down, provider: primary, metric: state, worst_state: unavailable, for_seconds: 1, resolve_for_seconds: 1, severity: critical, receivers: [ops] }';
  await writeFile(
    file,
    `version: 1\nreceivers:\n  - { id: ops, webhook: { url: '${hookUrl}', secret: 'env:HOOK_SECRET' } }\nrules:\n  - ${rule}\n`,
  );
  const { code, out } = await run('alerts', 'apply', '-f', file);
  expect([code, out]).toEqual([
    0,
    '+ secret alert/ops (its value is from HOOK_SECRET)\n= receiver ops\n= rule down\n',
  ]);
}

test('H6: a provider fails and comes back, and the replica that alerts is killed in between: told once of each, at a webhook and on NATS', async () => {
  await applyRules();
  expect((await run('alerts', 'test', 'ops')).out).toBe('ops has taken the test.\n');
  const nats = await connect({ servers: started.fleet.devEnv.NATS_URL ?? '' });
  stack.defer(() => nats.close());
  const published: { readonly subject: string; readonly event: AlertChanged }[] = [];
  nats.subscribe(busNames().alertAll, {
    callback: (_, { subject, data }) => void published.push({ subject, event: AlertChanged.decode(data) }),
  });

  await control.setFaults('primary', [{ fault: { type: 'status', status: 503 } }]);
  await vi.waitFor(() => expect(types()).toEqual(['alert.test', 'alert.firing']), PATIENCE);
  await vi.waitFor(
    async () =>
      expect((await run('alerts', '--open')).out).toMatch(
        /^down +primary +firing .* nats firing, ops firing$/m,
      ),
    PATIENCE,
  );

  const killed = await leader();
  await killed.kill('SIGKILL');
  expect((await leader()).name).not.toBe(killed.name);
  // Time enough for several turns of whoever leads now.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(types()).toEqual(['alert.test', 'alert.firing']);
  // The command asks the first one.
  await killed.restart();

  await control.clearFaults();
  await vi.waitFor(() => expect(types()).toEqual(['alert.test', 'alert.firing', 'alert.resolved']), PATIENCE);
  await vi.waitFor(() => expect(published.length).toBe(2), PATIENCE);
  expect(
    published.map(({ subject, event }) => [subject, event.event, event.severity, event.subject]),
  ).toEqual([
    ['switchyard.alert.v1.firing.=', 'firing', 'critical', { provider: 'primary' }],
    ['switchyard.alert.v1.resolved.=', 'resolved', 'critical', { provider: 'primary' }],
  ]);
  const { data } = JSON.parse(hooked[1]?.body ?? '');
  expect(published.map(({ event }) => event.alertId)).toEqual([data.alert_id, data.alert_id]);
  for (const { headers, body } of hooked) {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const signature = createHmac('sha256', SECRET).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  }
}, 400_000);

test('H6: the secret of a receiver is in no list and no log', async () => {
  const shown = await Promise.all([
    run('alerts', 'receivers', '--json'),
    run('alerts', 'rules', '--json'),
    run('alerts', '--json'),
  ]);
  for (const { code, out } of shown) {
    expect(code).toBe(0);
    expect(out).not.toContain(SECRET);
  }
  expect(shown[0]?.out).toContain('alert/ops');
  const logs = join(started.fleet.stateDir, 'logs');
  for (const name of await readdir(logs))
    expect(await readFile(join(logs, name), 'utf8')).not.toContain(SECRET);
});
