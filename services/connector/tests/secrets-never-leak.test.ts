import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { busNames } from '@switchyard/contracts';
import {
  Connector,
  ConnectorAdminServiceClient,
  ConnectorServiceClient,
} from '@switchyard/contracts/connector';
import { apiKeyDigest, newApiKey } from '@switchyard/kernel';
import { type Env, migrate, openGrpcClient } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrationOptions } from '../src/index.ts';
import { type FakeCredential, startFakeCredential } from './fixture/fake-credential.ts';
import { type HttpApi, startHttpApi } from './fixture/http-api.ts';

const servers = useServers({ postgres: true, nats: true });

const PASSWORD = 'canary-password-9f2e41';
const TOKEN = 'canary-token-77ab03';
const PARAMETER = 'canary-parameter-30cc';
const KEY = newApiKey();
/** Cut at the front: base64 of what follows `ann:` begins at a multiple of three characters. */
const CANARIES = [PASSWORD, TOKEN, KEY, Buffer.from(`ann:${PASSWORD}`).toString('base64').slice(8)];
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

test('A29: secrets, keys and parameters are in no log, span, metric, event, row, error or answer', async () => {
  await using api = await startHttpApi();
  await using credential = await startFakeCredential();
  await using sink = await startSink();
  const target = await makeTarget();
  const env = environment({
    api,
    credential,
    sinkUrl: sink.url,
    databasePort: target.port,
    databaseUrl: target.ownUrl,
  });
  await migrate(migrationOptions(env));
  credential.keys.set(apiKeyDigest(KEY).toString('hex'), { tenant: 't1', role: 'admin' });
  credential.secrets.set('t1/rest', { value: TOKEN, allowedOrigins: [`http://127.0.0.1:${api.port}`] });
  credential.secrets.set('t1/db', {
    value: `${target.role}:${PASSWORD}`,
    allowedOrigins: [`postgresql://127.0.0.1:${target.port}`],
  });
  const service = await startProcess(env);
  const answers = await useService({ address: service.address, api, target });
  const metrics = await (await fetch(`http://${service.opsAddress}/metrics`)).text();
  const events = await readEvents();
  await service.stop();
  const rows = await dumpOwnTables(target.ownUrl);
  await target.drop();

  // First that everything was there to be searched.
  expect(answers).toHaveLength(CALLS.length);
  expect(answers.join()).toContain('[redacted]');
  expect(service.output()).toContain('ready');
  expect(sink.text()).toContain(TRACE_ID);
  expect(sink.text()).toContain('connector rest call');
  expect(sink.text()).toContain('connector postgresql query');
  expect(events).toContain('postgres');
  expect(rows).toContain('http://127.0.0.1');
  const places = {
    ...{ answers: answers.join('\n'), logs: service.output(), spans: sink.text(), metrics, events, rows },
    audit: JSON.stringify(credential.audit, (_name, value) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  };
  for (const [place, text] of Object.entries(places)) {
    for (const canary of CANARIES) expect(text.includes(canary), `${canary} in ${place}`).toBe(false);
    if (place !== 'answers') expect(text.includes(PARAMETER), `a parameter in ${place}`).toBe(false);
  }
}, 120_000);

/** Calls that make the other side give back what it got, and fail in many ways. */
const CALLS: readonly (readonly [connector: string, operation: string, input: object])[] = [
  ['rest', 'call', { method: 'POST', path: '/echo', body: { p: PARAMETER } }],
  ['rest', 'call', { method: 'GET', path: '/in-headers' }],
  ['rest', 'call', { method: 'GET', path: '/garbage' }],
  ['rest', 'call', { method: 'GET', path: '/reset' }],
  ['rest', 'call', { method: 'GET', path: `/${PARAMETER}/../x` }],
  ['postgres', 'query', { sql: 'SELECT $1::text, $2::text', parameters: [PASSWORD, PARAMETER] }],
  ['postgres', 'query', { sql: 'SELECT $1::int', parameters: [PASSWORD] }],
  ['postgres', 'query', { sql: `SELECT '${PASSWORD}' FROM nowhere_${PASSWORD.replaceAll('-', '_')}` }],
  ['postgres', 'query', { sql: `DO $$ BEGIN RAISE EXCEPTION '${PASSWORD}'; END $$` }],
  ['wrong', 'query', { sql: 'SELECT 1' }],
];

interface Target {
  readonly port: number;
  readonly role: string;
  readonly path: string;
  readonly ownUrl: string;
  drop(): Promise<void>;
}

async function makeTarget(): Promise<Target> {
  const url = new URL(await servers.postgres.createDatabase());
  const role = `leak_${servers.nats.prefix.toLowerCase()}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  return {
    ...{ port: Number(url.port), role, path: url.pathname, ownUrl: await servers.postgres.createDatabase() },
    drop: () => run(`DROP ROLE ${role}`),
  };
}

interface Surroundings {
  readonly api: HttpApi;
  readonly credential: FakeCredential;
  readonly sinkUrl: string;
  readonly databasePort: number;
  readonly databaseUrl: string;
}

function environment({ api, credential, sinkUrl, databasePort, databaseUrl }: Surroundings): Env {
  const own = new URL(databaseUrl);
  own.username = 'switchyard_connector';
  own.password = 'connector-test';
  return {
    CONNECTOR_MIGRATION_DATABASE_URL: databaseUrl,
    CONNECTOR_DATABASE_PASSWORD: 'connector-test',
    CONNECTOR_DATABASE_URL: own.href,
    CONNECTOR_GRPC_PORT: '0',
    CONNECTOR_OPS_PORT: '0',
    CONNECTOR_API_KEY: newApiKey(),
    CONNECTOR_ALLOWED_PRIVATE_HOSTS: `127.0.0.1:${api.port},127.0.0.1:${databasePort}`,
    NATS_URL: servers.nats.url,
    SWITCHYARD_SUBJECT_PREFIX: servers.nats.prefix,
    SWITCHYARD_LOG_LEVEL: 'trace',
    SWITCHYARD_CREDENTIAL_ADDRESS: credential.address,
    OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl,
  };
}

/** The service as its own process, as it is run. */
async function startProcess(env: Env) {
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  await expect.poll(() => /"addresses":\{[^}]*\}/.test(output), { timeout: 60_000 }).toBe(true);
  const { grpc, ops } = JSON.parse(/"addresses":(\{[^}]*\})/.exec(output)?.[1] ?? '{}');
  return {
    address: String(grpc),
    opsAddress: String(ops),
    output: () => output,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    },
  };
}

/** Makes connectors and calls them. @returns everything that came back, errors with all their parts included */
async function useService({
  address,
  api,
  target,
}: {
  readonly address: string;
  readonly api: HttpApi;
  readonly target: Target;
}): Promise<string[]> {
  api.respond = ({ url, headers, body }, response) => {
    if (url === '/reset') response.socket?.destroy();
    else if (url === '/garbage') response.socket?.end(`garbage ${headers.authorization}\r\n\r\n`);
    else if (url === '/in-headers') response.writeHead(418, { 'x-seen': headers.authorization ?? '' }).end();
    else response.end(JSON.stringify({ headers, body }));
  };
  const grpcTarget = { address, apiKey: KEY };
  const admin = openGrpcClient(ConnectorAdminServiceClient, grpcTarget);
  const data = openGrpcClient(ConnectorServiceClient, grpcTarget);
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${KEY}`);
  metadata.set('traceparent', `00-${TRACE_ID}-b7ad6b7169203331-01`);
  const endpoint = `postgresql://127.0.0.1:${target.port}${target.path}`;
  for (const connector of [
    {
      id: 'rest',
      type: 'rest',
      endpoint: `http://127.0.0.1:${api.port}`,
      credentialRef: 'rest',
      authType: 'bearer',
    },
    { id: 'postgres', type: 'postgresql', endpoint, credentialRef: 'db', authType: 'basic' },
    { id: 'wrong', type: 'postgresql', endpoint: `${endpoint}x`, credentialRef: 'db', authType: 'basic' },
  ]) {
    await new Promise<void>((resolve, reject) => {
      admin.createConnector({ connector: Connector.fromPartial(connector) }, metadata, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }
  const answers: string[] = [];
  for (const [connector, operation, input] of CALLS) {
    const request = { connector, operation, inputJson: JSON.stringify(input), timeLimit: undefined };
    answers.push(
      await new Promise<string>((resolve) => {
        data.execute(request, metadata, (error, response) => {
          const parts = error === null ? [response.outputJson] : [error.code, error.message, error.details];
          const trailers = error === null ? [] : error.metadata.toJSON();
          resolve(JSON.stringify([parts, trailers]) + error?.metadata.get('grpc-status-details-bin').join());
        });
      }),
    );
  }
  admin.close();
  data.close();
  return answers;
}

/** Waits until all is told but the path that is refused before a call: streams and events are made beside answers. */
async function readEvents(): Promise<string> {
  const nats = await connect({ servers: servers.nats.url });
  const stream = busNames(servers.nats.prefix).streams.connector;
  const manager = await nats.jetstreamManager();
  const told = async () => (await manager.streams.info(stream)).state.messages;
  await expect.poll(() => told().catch(() => 0), { timeout: 20_000 }).toBe(CALLS.length - 1);
  const consumer = await nats.jetstream().consumers.get(stream);
  let text = '';
  for await (const message of await consumer.fetch({ max_messages: 100, expires: 1_500 })) {
    text += `${message.subject} ${Buffer.from(message.data).toString('latin1')}`;
    for (const [name, values] of message.headers ?? []) text += ` ${name}: ${values.join()}`;
  }
  await nats.close();
  return text;
}

async function dumpOwnTables(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT row_to_json(c)::text AS row FROM connector.connectors c');
  await client.end();
  return rows.map(({ row }) => row).join('\n');
}

/** Takes OTLP over HTTP and keeps it as text. */
async function startSink() {
  let text = '';
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    for await (const chunk of request) text += chunk;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => text,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
