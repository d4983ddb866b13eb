import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { busNames } from '@switchyard/contracts';
import { newApiKey } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CredentialApi, openCredentialApi } from './fixture/credential-api.ts';
import {
  type CredentialDatabase,
  createCredentialDatabase,
  queryOnce,
} from './fixture/credential-database.ts';
import { eventually } from './fixture/eventually.ts';
import { recordEvents } from './fixture/record-events.ts';
import { newTestKeys } from './fixture/test-keys.ts';

const servers = useServers({ postgres: true, nats: true });
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Planted, and then looked for in plain, as bytes in hexadecimal, and in base64. */
const SECRET = 'canary-secret-7f1c0ff1ce';
const SECOND = 'canary-second-5eed5eed5e';
const KEK = Buffer.alloc(32, 'canary-kek');
const { keys, bootstrap } = newTestKeys();

let database: CredentialDatabase;
let service: ChildProcess;
let output = '';
let exited: Promise<number | null>;
let address: string;
let ops: string;
let api: Record<'root' | 'routing' | 'acmeAdmin', CredentialApi>;
let bus: Awaited<ReturnType<typeof recordEvents>>;
const errors: unknown[] = [];
const made: string[] = [];

beforeAll(async () => {
  database = await createCredentialDatabase(servers.postgres);
  bus = await recordEvents(servers.nats.url, `${servers.nats.prefix}.>`);
  service = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      CREDENTIAL_GRPC_PORT: '0',
      CREDENTIAL_OPS_PORT: '0',
      CREDENTIAL_DATABASE_URL: database.appUrl,
      CREDENTIAL_KEK: `k1:${KEK.toString('base64')}`,
      CREDENTIAL_BOOTSTRAP_KEYS: bootstrap,
      NATS_URL: servers.nats.url,
      SWITCHYARD_SUBJECT_PREFIX: servers.nats.prefix,
      SWITCHYARD_LOG_LEVEL: 'trace',
    },
  });
  for (const stream of [service.stdout, service.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  exited = new Promise((resolve) => service.once('exit', resolve));
  const ready = await eventually(() => output.split('\n').find((line) => line.includes('"msg":"ready"')), {
    withinMs: 60_000,
    what: 'the service is ready',
  });
  const { addresses } = JSON.parse(ready) as { addresses: { grpc: string; ops: string } };
  address = addresses.grpc;
  ops = addresses.ops;
  api = {
    root: openCredentialApi(address, keys.root),
    routing: openCredentialApi(address, keys.routing),
    acmeAdmin: openCredentialApi(address, keys.acmeAdmin),
  };
}, 120_000);
afterAll(async () => {
  for (const one of Object.values(api)) one.close();
  service.kill('SIGKILL');
  await exited;
  await bus[Symbol.asyncDispose]();
});

const failing = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeDefined();
  errors.push(error);
};

/** Uses everything that touches a secret or a key, in good and in bad ways. */
async function exercise(): Promise<void> {
  const { root, routing, acmeAdmin } = api;
  const value = Buffer.from(SECRET);
  await root.putSecret({ id: 'a', value, allowedOrigins: ['https://a'] });
  await root.putSecret({ id: 'a', value: Buffer.from(SECOND), allowedOrigins: ['https://a'] });
  await acmeAdmin.putSecret({ tenant: 'acme', id: 'b', value });
  expect((await routing.readSecret({ id: 'a', purpose: 'test' })).value.toString()).toBe(SECOND);
  expect((await routing.readSecret({ id: 'b', tenant: 'acme' })).value.toString()).toBe(SECRET);
  await root.listSecrets();
  await failing(root.putSecret({ id: 'NOT AN ID', value }));
  await failing(root.putSecret({ id: 'a', value, allowedOrigins: ['no origin'] }));
  await failing(acmeAdmin.putSecret({ tenant: 'globex', id: 'a', value }));
  await failing(acmeAdmin.readSecret({ tenant: 'acme', id: 'b' }));
  await queryOnce(
    database.ownerUrl,
    `UPDATE credential.secrets SET nonce = decode(repeat('00', 12), 'hex') WHERE id = 'a'`,
  );
  await failing(routing.readSecret({ id: 'a' }));
  const created = await acmeAdmin.createApiKey({ name: 'one' });
  const rotated = await acmeAdmin.rotateApiKey({ id: created.apiKey?.id as string, overlapSeconds: 60 });
  await acmeAdmin.revokeApiKey({ id: rotated.apiKey?.id as string });
  made.push(created.secret, rotated.secret, newApiKey());
  for (const key of made.slice(1)) {
    const dead = openCredentialApi(address, key);
    await failing(dead.listApiKeys());
    dead.close();
  }
  // An error that nobody foresaw, while a value is at hand.
  await queryOnce(
    database.ownerUrl,
    'ALTER TABLE credential.secrets ADD CONSTRAINT broken CHECK (version < 4)',
  );
  await root.putSecret({ id: 'c', value });
  for (let n = 0; n < 3; n++)
    await root.putSecret({ id: 'c', value }).catch((error: unknown) => errors.push(error));
  await queryOnce(database.ownerUrl, 'ALTER TABLE credential.event_outbox RENAME COLUMN payload TO gone');
  await failing(root.putSecret({ id: 'd', value }));
  await failing(acmeAdmin.rotateApiKey({ id: created.apiKey?.id as string }));
  await queryOnce(database.ownerUrl, 'ALTER TABLE credential.event_outbox RENAME COLUMN gone TO payload');
}

const spellings = (secret: string | Buffer): string[] => {
  const bytes = Buffer.from(secret as string);
  return [bytes.toString('latin1'), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')];
};

/** Every column of every table of every schema of this service, as text. */
async function dump(): Promise<string> {
  const tables = await queryOnce<{ name: string }>(
    database.ownerUrl,
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'credential'`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) =>
      queryOnce<{ text: string }>(database.ownerUrl, `SELECT t::text AS text FROM credential.${name} t`),
    ),
  );
  return texts
    .flat()
    .map(({ text }) => text)
    .join('\n');
}

test('A29: secrets, keys and the key-encryption key are 0 times in logs, events, tables, errors and metrics', async () => {
  await exercise();
  await eventually(() => (bus.events.length >= 6 ? true : undefined), {
    withinMs: 20_000,
    what: 'the events',
  });
  const places = {
    logs: output,
    events: bus.events
      .map(
        ({ raw, headers, subject }) =>
          `${subject} ${JSON.stringify(headers)} ${raw.toString('latin1')} ${raw.toString('hex')}`,
      )
      .join('\n'),
    tables: await dump(),
    errors: errors
      .map(
        (error) => JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as Error).stack),
      )
      .join('\n'),
    metrics: await (await fetch(`http://${ops}/metrics`)).text(),
    readiness: await (await fetch(`http://${ops}/readyz`)).text(),
  };
  // What is looked through is really there.
  expect(places.logs).toContain('a stored secret does not open');
  expect(places.logs).toContain('internal error');
  expect(places.tables).toContain('secret:a');
  expect(places.metrics).toContain('switchyard_credential_secret_reads_total');
  expect(errors.length).toBeGreaterThan(8);
  const planted = [SECRET, SECOND, KEK, KEK.subarray(0, 20), ...made, ...Object.values(keys)].flatMap(
    spellings,
  );
  const found = Object.entries(places).flatMap(([place, text]) =>
    planted.filter((spelling) => text.includes(spelling)).map((spelling) => `${place}: ${spelling}`),
  );
  expect(found).toEqual([]);
});

test('SIGTERM drains: the call under way is answered, what waits is published, the process ends with 0', async () => {
  const last = api.root.putSecret({ id: 'last', value: Buffer.from('v') });
  await new Promise((resolve) => setTimeout(resolve, 5));
  service.kill('SIGTERM');
  await last.catch((error: unknown) => expect(error).toMatchObject({ code: 'UNAVAILABLE' }));
  expect(await exited).toBe(0);
  const [left] = await queryOnce<{ n: number }>(
    database.ownerUrl,
    'SELECT count(*)::int AS n FROM credential.event_outbox WHERE published_at IS NULL',
  );
  expect(left?.n).toBe(0);
  expect(
    bus.events.some(
      ({ subject }) => subject === busNames(servers.nats.prefix).credential('rotated', 'installation'),
    ),
  ).toBe(true);
});
