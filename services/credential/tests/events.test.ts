import { randomUUID } from 'node:crypto';
import { busNames } from '@switchyard/contracts';
import { CredentialChanged } from '@switchyard/contracts/events';
import { apiKeyDigest } from '@switchyard/kernel';
import { takesMs } from '@switchyard/testkit/takes-ms';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from './fixture/credential-database.ts';
import { eventually } from './fixture/eventually.ts';
import { recordEvents } from './fixture/record-events.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: 'own' });
let credential: CredentialFixture;
let bus: Awaited<ReturnType<typeof recordEvents>>;
let names: ReturnType<typeof busNames>;

beforeAll(async () => {
  credential = await startCredential({ servers });
  names = busNames(servers.nats.prefix);
  bus = await recordEvents(servers.nats.url, names.credentialAll);
  await connected();
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await credential.stop();
});

const value = Buffer.from('v');
const streamInfo = async () =>
  (await bus.connection.jetstreamManager()).streams.info(names.streams.credential);
const connected = () =>
  eventually(() => streamInfo().catch(() => undefined), { withinMs: 10_000, what: 'the stream is there' });
const arrived = (id: string) =>
  eventually(() => bus.events.find(({ payload }) => payload.id === id), {
    withinMs: 10_000,
    what: `the event of ${id}`,
  });
async function findInStream(id: string): Promise<string | undefined> {
  const manager = await bus.connection.jetstreamManager();
  const { state } = await manager.streams.info(names.streams.credential);
  for (let seq = state.last_seq; seq > Math.max(0, state.last_seq - 20); seq--) {
    const { data } = await manager.streams.getMessage(names.streams.credential, { seq });
    if (CredentialChanged.decode(data).id === id) return id;
  }
  return undefined;
}
/** Looks into the stream: a subscriber that is still reconnecting misses what is published as soon as NATS is back. */
const kept = (id: string) =>
  eventually(() => findInStream(id).catch(() => undefined), {
    withinMs: 20_000,
    what: `the event of ${id} is in the stream`,
  });
const waiting = async () => {
  const sql = 'SELECT count(*)::int AS n FROM credential.event_outbox WHERE published_at IS NULL';
  return (await queryOnce<{ n: number }>(credential.database.ownerUrl, sql))[0]?.n;
};
const nothingWaits = () =>
  eventually(async () => ((await waiting()) === 0 ? true : undefined), {
    withinMs: 10_000,
    what: 'an empty outbox',
  });
const newKey = async () => {
  const { apiKey, secret } = await credential.as.acmeAdmin.createApiKey({ role: 'viewer' });
  return { id: apiKey?.id as string, secret };
};

test('the stream states its limits', async () => {
  expect((await streamInfo()).config).toMatchObject({
    subjects: [names.credentialAll],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: 24 * 3_600 * 1e9,
    max_bytes: 64 * 1_024 * 1_024,
  });
});

test('a revocation is on the bus in ≤1 s, with the digest to drop and as a CloudEvent', async () => {
  const { id, secret } = await newKey();
  await credential.as.acmeAdmin.revokeApiKey({ id });
  expect(await takesMs(() => arrived(id))).toBeLessThan(1_000);
  const event = await arrived(id);
  expect(event.subject).toBe(names.credential('revoked', 'acme'));
  expect(event.payload).toMatchObject({ tenant: 'acme', kind: 'api_key', version: 0n });
  expect(event.payload.keyDigest.equals(apiKeyDigest(secret))).toBe(true);
  expect(event.payload.changedAt).toBeInstanceOf(Date);
  expect(event.headers).toMatchObject({
    'ce-specversion': '1.0',
    'ce-type': 'switchyard.credential.v1.revoked',
    'ce-source': 'switchyard/credential',
    'content-type': 'application/protobuf',
  });
  expect(event.headers['ce-id']).toBe(event.headers['Nats-Msg-Id']);
});

test('events go out directly after their commit, not only when the outbox is looked into', async () => {
  const direct = async () => {
    const metrics = await (await fetch(`http://${credential.service.addresses.ops}/metrics`)).text();
    return Number(
      /switchyard_credential_events_published_total\{path="direct".*\} (\d+)/.exec(metrics)?.[1] ?? 0,
    );
  };
  await expect.poll(direct).toBeGreaterThan(0);
});

test('a rotation tells the digest of the old key', async () => {
  const { id, secret } = await newKey();
  await credential.as.acmeAdmin.rotateApiKey({ id, overlapSeconds: 60 });
  const event = await arrived(id);
  expect(event.subject).toBe(names.credential('rotated', 'acme'));
  expect(event.payload.keyDigest.equals(apiKeyDigest(secret))).toBe(true);
});

test('changes of secrets tell the version, on the subject of their owner', async () => {
  const { root, acmeAdmin } = credential.as;
  await acmeAdmin.putSecret({ tenant: 'acme', id: 'of-acme', value });
  await root.putSecret({ id: 'of-installation', value });
  const ofAcme = await arrived('of-acme');
  const ofInstallation = await arrived('of-installation');
  expect(ofAcme).toMatchObject({
    subject: names.credential('rotated', 'acme'),
    payload: { kind: 'secret', version: 1n },
  });
  expect(ofAcme.payload.keyDigest.length).toBe(0);
  expect(ofInstallation).toMatchObject({
    subject: names.credential('rotated', 'installation'),
    payload: { tenant: 'installation' },
  });
  bus.events.length = 0;
  await acmeAdmin.deleteSecret({ tenant: 'acme', id: 'of-acme' });
  expect(await arrived('of-acme')).toMatchObject({
    subject: names.credential('revoked', 'acme'),
    payload: { version: 2n },
  });
});

test('making a key tells nobody: nobody can have it cached', async () => {
  const { id } = await newKey();
  await nothingWaits();
  expect(bus.events.filter(({ payload }) => payload.id === id)).toEqual([]);
});

test('an event that was committed but not published, as by a process that was killed, is published', async () => {
  const payload = Buffer.from(
    CredentialChanged.encode({
      tenant: 'acme',
      kind: 'secret',
      id: 'left-behind',
      keyDigest: Buffer.alloc(0),
      version: 1n,
      changedAt: new Date(),
    }).finish(),
  );
  await queryOnce(
    credential.database.ownerUrl,
    `INSERT INTO credential.event_outbox (id, tenant, event, payload, traceparent, created_at)
     VALUES ($1, 'acme', 'rotated', $2, '', now())`,
    [randomUUID(), payload],
  );
  expect((await arrived('left-behind')).subject).toBe(names.credential('rotated', 'acme'));
  await nothingWaits();
});

test('250 events that wait are all published, by two replicas, and none twice into the stream', async () => {
  const replica = await startCredential({ servers, from: credential });
  try {
    await nothingWaits();
    const before = (await streamInfo()).state.messages;
    await queryOnce(
      credential.database.ownerUrl,
      `INSERT INTO credential.event_outbox (id, tenant, event, payload, traceparent, created_at)
       SELECT gen_random_uuid(), 'acme', 'rotated', '\\x0a0461636d65', '', now() FROM generate_series(1, 250)`,
    );
    await nothingWaits();
    expect((await streamInfo()).state.messages).toBe(before + 250);
  } finally {
    await replica.stop();
  }
});

test('a stream that somebody deleted is made again, and the event reaches it', async () => {
  await (await bus.connection.jetstreamManager()).streams.delete(names.streams.credential);
  await credential.as.root.putSecret({ id: 'after-deletion', value });
  await arrived('after-deletion');
  await nothingWaits();
  expect((await streamInfo()).state.messages).toBeGreaterThan(0);
});

test('A17: a revocation while NATS is down works, and its event arrives when NATS is back', async () => {
  const { id, secret } = await newKey();
  const cached = credential.withKey(secret);
  await cached.listApiKeys();
  await servers.nats.server.kill('SIGKILL');
  const revoked = await credential.as.acmeAdmin.revokeApiKey({ id });
  expect(revoked.apiKey?.revokedAt).toBeDefined();
  await expect(cached.listApiKeys()).rejects.toMatchObject({ reason: 'KEY_UNKNOWN' });
  await credential.as.root.putSecret({ id: 'during-outage', value });
  expect((await credential.as.routing.readSecret({ id: 'during-outage' })).value.toString()).toBe('v');
  expect(await waiting()).toBe(2);
  await servers.nats.server.restart();
  await kept(id);
  await kept('during-outage');
  await nothingWaits();
});

test('a service that starts while NATS is away serves, and publishes later', async () => {
  await servers.nats.server.kill('SIGKILL');
  const late = await startCredential({ servers, from: credential });
  try {
    await late.as.root.putSecret({ id: 'started-alone', value });
    await servers.nats.server.restart();
    await kept('started-alone');
  } finally {
    await late.stop();
  }
});
