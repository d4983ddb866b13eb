import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createIdentity } from '../identity/identity.ts';
import { DEFAULT_PORTS } from '../settings/port-plan.ts';
import { serviceSpec } from './process-specs.ts';
import { type Installation, inheritedBy } from './service-environment.ts';
import { SERVICE_NAMES } from './service-table.ts';

const identity = createIdentity();
const urls = {
  nats: 'nats://user:nats-canary@127.0.0.1:4222',
  postgres: 'postgres://owner:owner-canary@127.0.0.1:5432/postgres',
  redis: 'redis://:redis-canary@127.0.0.1:6379',
};
let installation: Installation;

beforeEach(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'switchyard-environment-'));
  installation = { stateDir, identity, ports: DEFAULT_PORTS, urls, routingPorts: [7001], plaintextHosts: [] };
});

afterEach(() => rm(installation.stateDir, { recursive: true, force: true }));

const specOf = (service: (typeof SERVICE_NAMES)[number]) =>
  serviceSpec(
    { service, name: service, ports: DEFAULT_PORTS.services[service], httpPort: undefined },
    installation,
    { env: { OPENAI_API_KEY: 'sk-canary', PATH: '/bin' } },
  );

it('keeps every secret out of the processes’ environments, in files that only their owner may read', async () => {
  for (const service of SERVICE_NAMES) {
    const { env } = await specOf(service);
    const text = JSON.stringify(env);
    for (const secret of [
      'canary',
      identity.operatorKey,
      identity.serviceKeys[service],
      identity.databasePasswords[service],
      identity.keyEncryptionKey,
    ]) {
      expect(text).not.toContain(secret);
    }
    const files = Object.entries(env).filter(([name]) => name.endsWith('_FILE'));
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const [, file] of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  }
});

it('lets each service log in to the database as its own role', async () => {
  const { env } = await specOf('cost-accounting');
  const url = await readFile(env.COST_ACCOUNTING_DATABASE_URL_FILE ?? '', 'utf8');
  const password = identity.databasePasswords['cost-accounting'];
  expect(url).toBe(`postgres://switchyard_cost_accounting:${password}@127.0.0.1:5432/postgres`);
});

it('gives the key-encryption key to credential alone', async () => {
  for (const service of SERVICE_NAMES) {
    const { env } = await specOf(service);
    expect('CREDENTIAL_KEK_FILE' in env).toBe(service === 'credential');
  }
});

it('passes on what is for a service, and no provider key of the user', () => {
  const env = {
    PATH: '/bin',
    OPENAI_API_KEY: 'sk-canary',
    AWS_SECRET_ACCESS_KEY: 'canary',
    NATS_URL: 'nats://canary',
    SWITCHYARD_API_KEY: 'sy_canary',
    SWITCHYARD_LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    ROUTING_DRAIN_WAIT_MS: '100',
    CREDENTIAL_KEY_TTL_SECONDS: '60',
  };
  expect(inheritedBy(env, 'ROUTING')).toEqual({
    PATH: '/bin',
    SWITCHYARD_LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    ROUTING_DRAIN_WAIT_MS: '100',
  });
});

it('names every replica of routing to the others', async () => {
  installation = { ...installation, routingPorts: [7001, 7101] };
  const { env } = await specOf('health-probe');
  expect(env.SWITCHYARD_ROUTING_ADDRESS).toBe('ipv4:127.0.0.1:7001,127.0.0.1:7101');
  expect(env.SWITCHYARD_CREDENTIAL_ADDRESS).toBe('127.0.0.1:7004');
});
