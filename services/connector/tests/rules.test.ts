import { busNames } from '@switchyard/contracts';
import { ConnectorCalled, CredentialChanged } from '@switchyard/contracts/events';
import { insist } from '@switchyard/testkit/insist';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect, type NatsConnection } from 'nats';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { echo, type HttpApi, startHttpApi } from './fixture/http-api.ts';
import { type Caller, type RunningConnector, startRunningConnector } from './fixture/running-connector.ts';

const servers = useServers({ postgres: true, nats: true });

let api: HttpApi;
let origin: string;
let connector: RunningConnector;
let databaseUrl: string;
let nats: NatsConnection;

beforeAll(async () => {
  api = await startHttpApi();
  origin = `http://127.0.0.1:${api.port}`;
  databaseUrl = await servers.postgres.createDatabase();
  connector = await startRunningConnector({
    databaseUrl,
    natsUrl: servers.nats.url,
    prefix: servers.nats.prefix,
    allowedHosts: [`127.0.0.1:${api.port}`],
    env: { CONNECTOR_MAX_CONNECTORS: '40', CONNECTOR_MAX_CONCURRENCY: '6' },
  });
  nats = await connect({ servers: servers.nats.url });
});
afterAll(async () => {
  await nats.close();
  await connector[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});
beforeEach(() => {
  api.received.length = 0;
  api.respond = echo;
  connector.credential.audit.length = 0;
  connector.credential.auditFails = false;
  connector.credential.secretsFail = false;
});

const get = (id: string, caller?: Caller) => ({
  ...{ connector: id, operation: 'call', input: { method: 'GET' } },
  ...(caller === undefined ? {} : { caller }),
});
const make = (id: string, more: object = {}, caller?: Caller) =>
  connector.create({ id, type: 'rest', endpoint: origin, ...more }, caller);
const withSecret = (
  id: string,
  secret: { value: string; allowedOrigins?: string[]; ttlSeconds?: number },
) => {
  connector.credential.secrets.set(`t1/${id}`, { allowedOrigins: [origin], ...secret });
  return make(id, { credentialRef: id, authType: 'bearer' });
};

describe('permission and tenant', () => {
  test.each([
    ['viewer@t1', 'connector.execute'],
    ['service@installation', 'connector.execute'],
  ] as const)('%s lacks %s', async (caller, permission) => {
    const error = await connector.refusal(connector.execute(get('any', caller)));
    expect([error.code, error.metadata.permission]).toEqual(['PERMISSION_DENIED', permission]);
  });

  test('an agent may not make or remove connectors', async () => {
    const made = connector.create({ id: 'x', type: 'rest', endpoint: origin }, 'agent@t1');
    expect((await connector.refusal(made)).code).toBe('PERMISSION_DENIED');
    expect((await connector.refusal(connector.remove('x', 'agent@t1'))).code).toBe('PERMISSION_DENIED');
  });

  test("another tenant's connector is not found, neither to call, nor to list, nor to remove", async () => {
    await make('private');
    expect((await connector.refusal(connector.execute(get('private', 'agent@t2')))).reason).toBe(
      'CONNECTOR_NOT_FOUND',
    );
    expect(await connector.list('admin@t2')).toEqual([]);
    expect((await connector.refusal(connector.list('admin@t2', { tenant: 't1' }))).code).toBe('NOT_FOUND');
    expect((await connector.refusal(connector.remove('private', 'admin@t2'))).reason).toBe(
      'CONNECTOR_NOT_FOUND',
    );
    const foreign = connector.create({ id: 'y', tenant: 't1', type: 'rest', endpoint: origin }, 'admin@t2');
    expect((await connector.refusal(foreign)).code).toBe('NOT_FOUND');
    expect(api.received).toEqual([]);
  });

  test('two tenants may use the same id; a taken one is refused', async () => {
    await make('same');
    await make('same', {}, 'admin@t2');
    expect((await connector.refusal(make('same'))).code).toBe('ALREADY_EXISTS');
    await connector.remove('same');
    expect((await connector.list('admin@t2')).map(({ id }) => id)).toEqual(['same']);
  });

  test("a connector reads its own tenant's secret, never one of the same id elsewhere", async () => {
    connector.credential.secrets.set('t2/shared', { value: 'secret-of-t2', allowedOrigins: [origin] });
    connector.credential.secrets.set('/shared', {
      value: 'secret-of-installation',
      allowedOrigins: [origin],
    });
    await make('borrower', { credentialRef: 'shared', authType: 'bearer' });
    expect((await connector.refusal(connector.execute(get('borrower')))).reason).toBe('CREDENTIAL_NOT_FOUND');
    expect(api.received).toEqual([]);
  });

  test('A26: the database itself shows no tenant the rows of another', async () => {
    await make('guarded');
    const client = new pg.Client({ connectionString: connector.env.CONNECTOR_DATABASE_URL });
    await client.connect();
    const count = async () =>
      Number((await client.query('SELECT count(*) FROM connector.connectors')).rows[0].count);
    expect(await count()).toBe(0);
    await client.query("BEGIN; SELECT set_config('switchyard.tenant', 't2', true)");
    const { rows } = await client.query('SELECT DISTINCT tenant FROM connector.connectors');
    expect(rows).toEqual([{ tenant: 't2' }]);
    await expect(client.query("DELETE FROM connector.connectors WHERE tenant = 't1'")).resolves.toMatchObject(
      { rowCount: 0 },
    );
    const steal = `INSERT INTO connector.connectors SELECT 't1', 'z', gen_random_uuid(), type, endpoint, credential_ref, auth_type,
      api_key_header, timeout_ms, max_rows, max_bytes, max_concurrency, failure_threshold, open_seconds, created_at FROM connector.connectors`;
    await expect(client.query(steal)).rejects.toThrow(/row-level security/);
    await client.query('ROLLBACK');
    // A pooled connection that had a tenant once shows nothing either.
    expect(await count()).toBe(0);
    await client.end();
  });
});

test('pages hold every connector once', async () => {
  for (let n = 0; n < 5; n++) await make(`page-${n}`, {}, 'admin@t3');
  const first = await connector.list('admin@t3', { pageSize: 2 });
  expect(first.map(({ id }) => id)).toEqual(['page-0', 'page-1']);
  const token = Buffer.from('page-1').toString('base64url');
  const second = await connector.list('viewer@t3', { pageSize: 10, pageToken: token });
  expect(second.map(({ id }) => id)).toEqual(['page-2', 'page-3', 'page-4']);
  for (const wrong of [{ pageSize: -1 }, { pageSize: 1_001 }, { pageToken: 'x y' }]) {
    expect((await connector.refusal(connector.list('admin@t3', wrong))).code).toBe('INVALID_ARGUMENT');
  }
});

test('a tenant has no more connectors than it may have, also when they are made at once', async () => {
  const made = await Promise.allSettled(
    Array.from({ length: 45 }, (_, n) => insist(() => make(`many-${n}`, {}, 'admin@t4'))),
  );
  const reasons = made.flatMap((one) =>
    one.status === 'rejected' ? [(one.reason as { reason: string }).reason] : [],
  );
  expect(reasons).toEqual(Array(5).fill('TOO_MANY_CONNECTORS'));
  expect(await connector.list('admin@t4')).toHaveLength(40);
});

describe('breaker', () => {
  test('5 failing answers in a row open it; then nothing is sent, and the caller is told when to come back', async () => {
    await make('failing');
    api.respond = (_request, response) => response.writeHead(503).end();
    for (let n = 0; n < 5; n++) expect(await connector.output(get('failing'))).toMatchObject({ status: 503 });
    const error = await connector.refusal(connector.execute(get('failing')));
    expect([error.reason, error.code]).toEqual(['CIRCUIT_OPEN', 'UNAVAILABLE']);
    expect(error.retryAfterMs).toBeGreaterThan(20_000);
    expect(api.received).toHaveLength(5);
  });

  test("refusals of the caller's own making do not open it", async () => {
    await make('picky');
    api.respond = (_request, response) => response.writeHead(400).end();
    for (let n = 0; n < 8; n++) await connector.output(get('picky'));
    for (let n = 0; n < 8; n++)
      await connector.execute({ ...get('picky'), input: {} }).catch(() => undefined);
    expect(await connector.output(get('picky'))).toMatchObject({ status: 400 });
  });

  test('callers who are less patient than the connector do not open it', async () => {
    await make('patient');
    api.respond = () => {};
    for (let n = 0; n < 6; n++) {
      const error = await connector.refusal(connector.execute({ ...get('patient'), timeLimitMs: 30 }));
      expect(error.reason).toBe('CALLER_TIME_LIMIT');
    }
    api.respond = echo;
    expect(await connector.output(get('patient'))).toMatchObject({ status: 200 });
  });
});

test('more calls at once than allowed are refused clearly, not queued', async () => {
  await make('narrow', { limits: { maxConcurrency: 2 } });
  const release = Promise.withResolvers<void>();
  api.respond = (request, response) => void release.promise.then(() => echo(request, response));
  const running = [connector.output(get('narrow')), connector.output(get('narrow'))];
  await expect.poll(() => api.received.length).toBe(2);
  const error = await connector.refusal(connector.execute(get('narrow')));
  expect([error.reason, error.code, error.metadata.max_concurrency]).toEqual([
    'CONNECTOR_BUSY',
    'RESOURCE_EXHAUSTED',
    '2',
  ]);
  expect(error.retryAfterMs).toBeGreaterThan(0);
  release.resolve();
  await Promise.all(running);
  expect(await connector.output(get('narrow'))).toMatchObject({ status: 200 });
});

test('all connectors together have the places of the replica', async () => {
  for (const id of ['wide-a', 'wide-b']) await make(id);
  const release = Promise.withResolvers<void>();
  api.respond = (request, response) => void release.promise.then(() => echo(request, response));
  const running = ['wide-a', 'wide-a', 'wide-a', 'wide-b', 'wide-b', 'wide-b'].map((id) =>
    connector.output(get(id)),
  );
  await expect.poll(() => api.received.length).toBe(6);
  expect((await connector.refusal(connector.execute(get('wide-a')))).reason).toBe('SERVICE_BUSY');
  release.resolve();
  await Promise.all(running);
});

describe('credentials', () => {
  test('a secret goes only to the origins it was made for', async () => {
    await withSecret('elsewhere', {
      value: 'secret-for-elsewhere',
      allowedOrigins: ['https://api.example.com', `${origin}0`],
    });
    expect((await connector.refusal(connector.execute(get('elsewhere')))).reason).toBe(
      'CREDENTIAL_NOT_FOR_ORIGIN',
    );
    await withSecret('nowhere', { value: 'secret-for-nowhere', allowedOrigins: [] });
    expect((await connector.refusal(connector.execute(get('nowhere')))).reason).toBe(
      'CREDENTIAL_NOT_FOR_ORIGIN',
    );
    expect(api.received).toEqual([]);
    expect(connector.credential.audit.map(({ outcome }) => outcome)).toContain('denied');
  });

  test('a secret is read once for its time to live, and again after', async () => {
    await withSecret('cached', { value: 'cached-secret', ttlSeconds: 600 });
    await withSecret('brief', { value: 'brief-secret', ttlSeconds: 1 });
    await connector.output(get('brief'));
    for (let n = 0; n < 5; n++) await connector.output(get('cached'));
    expect(connector.credential.reads.get('t1/cached')).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    for (const id of ['cached', 'brief']) await connector.output(get(id));
    const { reads } = connector.credential;
    expect([reads.get('t1/cached'), reads.get('t1/brief')]).toEqual([1, 2]);
  });

  test('A21: a secret that is changed is dropped at once', async () => {
    await withSecret('rotated', { value: 'secret-before' });
    await connector.output(get('rotated'));
    connector.credential.secrets.set('t1/rotated', { value: 'secret-after', allowedOrigins: [origin] });
    await announceSecret('rotated');
    await expect
      .poll(async () => {
        await connector.output(get('rotated'));
        return api.received.at(-1)?.headers.authorization;
      })
      .toBe('Bearer secret-after');
  });

  test('while the credential service is away a known secret serves until its time to live, then nothing is sent', async () => {
    await withSecret('known', { value: 'known-secret', ttlSeconds: 600 });
    await withSecret('ending', { value: 'ending-secret', ttlSeconds: 1 });
    for (const id of ['known', 'ending']) await connector.output(get(id));
    connector.credential.secretsFail = true;
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    await connector.output(get('known'));
    api.received.length = 0;
    const error = await connector.refusal(connector.execute(get('ending')));
    expect([error.reason, error.code]).toEqual(['CREDENTIAL_UNAVAILABLE', 'UNAVAILABLE']);
    expect(api.received).toEqual([]);
    expect(await readiness()).toMatchObject({ status: 'degraded', parts: { secrets: { ok: false } } });
  });

  test('a secret that does not fit its auth_type is told without it', async () => {
    await withSecret('malformed', { value: 'line-one\nline-two' });
    const error = await connector.refusal(connector.execute(get('malformed')));
    expect(error.reason).toBe('CREDENTIAL_MALFORMED');
    expect(error.publicMessage).not.toContain('line-');
  });
});

describe('audit', () => {
  test('every call is in the log before it is made', async () => {
    await make('audited');
    let entriesAtCall = -1;
    api.respond = (request, response) => {
      entriesAtCall = connector.credential.audit.length;
      echo(request, response);
    };
    connector.credential.audit.length = 0;
    const { callId } = await connector.execute(get('audited'));
    expect(entriesAtCall).toBe(1);
    expect(connector.credential.audit).toMatchObject([
      {
        ...{
          tenant: 't1',
          actor: 'key-of-agent-t1',
          action: 'connector.execute',
          resource: 'connector:audited',
        },
        ...{ outcome: 'allowed', details: { call_id: callId, operation: 'call', type: 'rest' } },
      },
    ]);
  });

  test('what cannot be written into the log is not done', async () => {
    await make('unaudited');
    connector.credential.auditFails = true;
    const error = await connector.refusal(connector.execute(get('unaudited')));
    expect([error.reason, error.code]).toEqual(['AUDIT_UNAVAILABLE', 'UNAVAILABLE']);
    expect(api.received).toEqual([]);
    expect((await connector.refusal(make('unmade'))).reason).toBe('AUDIT_UNAVAILABLE');
    expect((await connector.refusal(connector.remove('unaudited'))).reason).toBe('AUDIT_UNAVAILABLE');
    connector.credential.auditFails = false;
    expect((await connector.list('admin@t1')).map(({ id }) => id)).toContain('unaudited');
    expect((await connector.list('admin@t1')).map(({ id }) => id)).not.toContain('unmade');
  });

  test('making and removing connectors is in the log', async () => {
    await make('logged');
    await connector.remove('logged');
    expect(connector.credential.audit.map(({ action, resource }) => [action, resource])).toEqual([
      ['connector.create', 'connector:logged'],
      ['connector.delete', 'connector:logged'],
    ]);
  });
});

test('every call is told of on the stream, with what it took and gave', async () => {
  await make('told');
  const { callId } = await connector.execute(get('told'));
  api.respond = (_request, response) => response.socket?.destroy();
  await connector.refusal(connector.execute(get('told')));
  const names = busNames(servers.nats.prefix);
  const told = async () => {
    const consumer = await nats.jetstream().consumers.get(names.streams.connector);
    const found: { event: ConnectorCalled; id: string | undefined; type: string | undefined }[] = [];
    for await (const message of await consumer.fetch({ max_messages: 1_000, expires: 1_000 })) {
      const event = ConnectorCalled.decode(message.data);
      if (event.connector !== 'told') continue;
      expect(message.subject).toBe(names.connectorCalled('t1'));
      found.push({ event, id: message.headers?.get('ce-id'), type: message.headers?.get('ce-type') });
    }
    return found;
  };
  const [first, second] = await expect.poll(told).toHaveLength(2).then(told);
  expect(first).toMatchObject({
    ...{ id: callId, type: 'switchyard.connector.v1.called' },
    event: { callId, tenant: 't1', operation: 'call', keyId: 'key-of-agent-t1', outcome: 'ok' },
  });
  expect(first?.event.durationUs).toBeGreaterThan(0n);
  expect(first?.event.sizes.bytes).toBeGreaterThan(0n);
  expect(second?.event.outcome).toBe('TARGET_UNAVAILABLE');
});

test('calls are measured by type and outcome, with bounded labels', async () => {
  await make('measured');
  await connector.output(get('measured'));
  const before = await openBreakers();
  await make('broken');
  api.respond = (_request, response) => response.writeHead(503).end();
  for (let n = 0; n < 5; n++) await connector.output(get('broken'));
  await connector.refusal(connector.execute(get('broken')));
  const text = await (await fetch(`${connector.opsUrl}/metrics`)).text();
  expect(text).toMatch(
    /switchyard_connector_calls_total\{type="rest",outcome="ok",service="connector"\} \d+/,
  );
  expect(text).toMatch(/switchyard_connector_calls_total\{type="rest",outcome="CIRCUIT_OPEN"/);
  expect(text).toContain('switchyard_connector_call_duration_seconds_bucket');
  // One that another test has opened may close meanwhile.
  expect([before + 1, 1]).toContain(await openBreakers());
  expect(text).not.toContain('measured');
});

async function openBreakers(): Promise<number> {
  const text = await (await fetch(`${connector.opsUrl}/metrics`)).text();
  return Number(/switchyard_connector_breakers_open\{[^}]*\} (\d+)/.exec(text)?.[1]);
}

async function readiness(): Promise<unknown> {
  const response = await fetch(`${connector.opsUrl}/readyz`);
  expect(response.status).toBe(200);
  return response.json();
}

async function announceSecret(id: string): Promise<void> {
  const change = {
    tenant: 't1',
    kind: 'secret',
    id,
    keyDigest: Buffer.alloc(0),
    version: 2n,
    changedAt: new Date(),
  };
  const { credential } = busNames(servers.nats.prefix);
  nats.publish(credential('rotated', 't1'), CredentialChanged.encode(change).finish());
  await nats.flush();
}
