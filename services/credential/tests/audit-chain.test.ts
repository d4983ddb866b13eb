import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createLogger, openPostgres, type Postgres } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyAuditChain } from '../src/index.ts';
import { queryOnce } from './fixture/credential-database.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;
let postgres: Postgres;

beforeEach(async () => {
  credential = await startCredential({ servers });
  postgres = openPostgres({
    url: credential.database.appUrl,
    maxConnections: 2,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
});
afterEach(async () => {
  await postgres.close();
  await credential.stop();
});

const asOwner = <Row extends Record<string, unknown>>(sql: string) =>
  queryOnce<Row>(credential.database.ownerUrl, sql);
const asApp = (sql: string) => postgres.asSystem((transaction) => transaction.query(sql));

async function runVerify(): Promise<{ code: number | null; verdict: unknown }> {
  const command = fileURLToPath(new URL('../src/verify-audit.ts', import.meta.url));
  const child = spawn(process.execPath, [command], {
    env: { CREDENTIAL_DATABASE_URL: credential.database.appUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const output = await text(child.stdout);
  const [code] = (await exited) as [number | null];
  return { code, verdict: JSON.parse(output) };
}

/** Seven entries of the bootstrap, then some of secrets. */
async function writeEntries(): Promise<bigint> {
  const { root, routing } = credential.as;
  await root.putSecret({ id: 's', value: Buffer.from('v') });
  for (let n = 0; n < 4; n++) await routing.readSecret({ id: 's', purpose: `read ${n}` });
  return 12n;
}

test('the log is whole as it was written', async () => {
  const entries = await writeEntries();
  expect(await verifyAuditChain(postgres)).toEqual({ kind: 'whole', entries });
});

test('the command for operators says so and ends with 0, or says what is wrong and ends with 2', async () => {
  await writeEntries();
  expect(await runVerify()).toEqual({ code: 0, verdict: { kind: 'whole', entries: '12' } });
  await asOwner('DELETE FROM credential.audit_entries WHERE sequence = 4');
  expect(await runVerify()).toEqual({ code: 2, verdict: { kind: 'missing', sequence: '4' } });
});

test('200 reads at once, on two replicas, beside 20 writers, have 220 entries in one whole chain', async () => {
  const replica = await startCredential({ servers, from: credential });
  try {
    const { root, routing } = credential.as;
    await root.putSecret({ id: 's', value: Buffer.from('v') });
    const before = Number(
      (await asOwner<{ sequence: string }>('SELECT sequence FROM credential.audit_head'))[0]?.sequence,
    );
    const reads = Array.from({ length: 200 }, (_, n) =>
      insist(() =>
        (n % 2 === 0 ? routing : replica.as.routing).readSecret({ id: 's', purpose: `read ${n}` }),
      ),
    );
    const writes = Array.from({ length: 20 }, (_, n) =>
      insist(() => root.putSecret({ id: `w${n % 4}`, value: Buffer.from('v') })),
    );
    for (const { value } of await Promise.all(reads)) expect(value.toString()).toBe('v');
    await Promise.all(writes);
    expect(await verifyAuditChain(postgres)).toEqual({ kind: 'whole', entries: BigInt(before + 220) });
    const [counted] = await asOwner<{ purposes: string }>(
      `SELECT count(DISTINCT details->>'purpose')::text AS purposes FROM credential.audit_entries WHERE action = 'secret.read'`,
    );
    expect(counted?.purposes).toBe('200');
  } finally {
    await replica.stop();
  }
});

test('a log of several pages is followed to its end', async () => {
  const { routing } = credential.as;
  const append = (n: number) =>
    routing.appendAuditEntry({
      entry: {
        sequence: 0n,
        occurredAt: undefined,
        tenant: 'acme',
        actor: 'a',
        action: 'test.append',
        resource: `r${n}`,
        outcome: 'allowed',
        details: {},
        hash: Buffer.alloc(0),
      },
    });
  for (let n = 0; n < 5; n++) await Promise.all(Array.from({ length: 500 }, (_, i) => append(n * 500 + i)));
  expect(await verifyAuditChain(postgres)).toEqual({ kind: 'whole', entries: 2_507n });
  await asOwner('DELETE FROM credential.audit_entries WHERE sequence = 2001');
  expect(await verifyAuditChain(postgres)).toEqual({ kind: 'missing', sequence: 2_001n });
});

test.each([
  ["tenant = 'globex'"],
  ["actor = 'somebody'"],
  ["action = 'secret.list'"],
  ["resource = 'secret:other'"],
  ["outcome = 'denied'"],
  [`details = '{"purpose":"another"}'`],
  ["occurred_at = occurred_at + interval '1 ms'"],
  ["hash = decode(repeat('00', 32), 'hex')"],
])('A31: an edit of %s is detected', async (edit) => {
  await writeEntries();
  await asOwner(`UPDATE credential.audit_entries SET ${edit} WHERE sequence = 10`);
  expect(await verifyAuditChain(postgres)).toEqual({ kind: 'edited', sequence: 10n });
});

test.each([
  [
    'the first entry',
    'DELETE FROM credential.audit_entries WHERE sequence = 1',
    { kind: 'missing', sequence: 1n },
  ],
  [
    'an entry in the middle',
    'DELETE FROM credential.audit_entries WHERE sequence = 9',
    { kind: 'missing', sequence: 9n },
  ],
  [
    'the last entry',
    'DELETE FROM credential.audit_entries WHERE sequence = 12',
    { kind: 'truncated', sequence: 12n },
  ],
  ['the end', 'DELETE FROM credential.audit_entries WHERE sequence > 5', { kind: 'truncated', sequence: 6n }],
  ['all', 'TRUNCATE credential.audit_entries', { kind: 'truncated', sequence: 1n }],
  ['the head', 'DELETE FROM credential.audit_head', { kind: 'head_missing' }],
])('A31: taking away %s is detected', async (_what, sql, verdict) => {
  await writeEntries();
  await asOwner(sql);
  expect(await verifyAuditChain(postgres)).toEqual(verdict);
});

test('a forger who cuts the end and sets the head back is found out by the next append', async () => {
  await writeEntries();
  await asOwner(
    `UPDATE credential.audit_head SET (sequence, hash) = (SELECT sequence, hash FROM credential.audit_entries WHERE sequence = 9)`,
  );
  await expect(credential.as.routing.readSecret({ id: 's' })).rejects.toMatchObject({
    reason: 'AUDIT_UNAVAILABLE',
  });
});

test("the app's role cannot change, delete or truncate entries, nor make or remove a head", async () => {
  await writeEntries();
  const denied = { code: '42501' };
  await expect(asApp(`UPDATE credential.audit_entries SET actor = 'x'`)).rejects.toMatchObject(denied);
  await expect(asApp('DELETE FROM credential.audit_entries')).rejects.toMatchObject(denied);
  await expect(asApp('TRUNCATE credential.audit_entries')).rejects.toMatchObject(denied);
  await expect(asApp('DELETE FROM credential.audit_head')).rejects.toMatchObject(denied);
  await expect(
    asApp(`INSERT INTO credential.audit_head (one, sequence, hash) VALUES (true, 0, '')`),
  ).rejects.toMatchObject(denied);
  await expect(asApp('DROP TABLE credential.audit_entries')).rejects.toMatchObject(denied);
  const grants = await asOwner<{ privilege: string }>(`
    SELECT privilege_type AS privilege FROM information_schema.role_table_grants
    WHERE grantee = 'switchyard_credential' AND table_schema = 'credential' AND table_name = 'audit_entries' ORDER BY 1`);
  expect(grants.map(({ privilege }) => privilege)).toEqual(['INSERT', 'SELECT']);
});
