import { useServers } from '@switchyard/testkit/test-servers';
import { expect, test } from 'vitest';
import { queryOnce } from './fixture/credential-database.ts';
import { eventually } from './fixture/eventually.ts';
import { startCredential, TEST_KEK } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
const NEW_KEK = `k2:${Buffer.alloc(32, 'the next kek').toString('base64')}`;
const COUNT = 250;
/** More would wait longer for a connection than a call may. */
const AT_ONCE = 20;

test('A30: a new first key re-wraps every record while it is read, with 0 failed reads, and the old key can go', async () => {
  const old = await startCredential({ servers });
  const ids = Array.from({ length: COUNT }, (_, n) => `s${n}`);
  for (const id of ids) {
    await old.as.root.putSecret({ id, value: Buffer.from(`value of ${id}`), allowedOrigins: ['https://a'] });
  }
  const stored = () =>
    queryOnce<{ kek_id: string; n: number; text: string }>(
      old.database.ownerUrl,
      `SELECT kek_id, count(*)::int AS n, md5(string_agg(id || version || ciphertext::text, ',' ORDER BY id)) AS text
       FROM credential.secrets GROUP BY kek_id`,
    );
  const [before] = await stored();
  expect(before).toMatchObject({ kek_id: 'k1', n: COUNT });

  const middle = await startCredential({
    servers,
    from: old,
    env: { CREDENTIAL_KEK: `${NEW_KEK},${TEST_KEK}` },
  });
  const read = async (id: string) => (await middle.as.routing.readSecret({ id })).value.toString();
  for (let n = 0; n < COUNT; n += AT_ONCE) {
    const some = ids.slice(n, n + AT_ONCE);
    expect(await Promise.all(some.map(read))).toEqual(some.map((id) => `value of ${id}`));
  }
  const after = await eventually(
    async () => {
      const rows = await stored();
      return rows.length === 1 && rows[0]?.kek_id === 'k2' ? rows[0] : undefined;
    },
    { withinMs: 10_000, what: 'all records are wrapped by k2' },
  );
  // Only the wrapping is another: versions and ciphertexts are the same.
  expect(after).toEqual({ kek_id: 'k2', n: COUNT, text: before?.text });
  const [entry] = (await middle.as.root.listAuditEntries({ tenant: 'installation', action: 'secret.rewrap' }))
    .entries;
  expect(entry).toMatchObject({ actor: 'credential', resource: 'kek:k2' });
  await middle.stop();
  await old.stop();

  const last = await startCredential({ servers, from: old, env: { CREDENTIAL_KEK: NEW_KEK } });
  expect((await last.as.routing.readSecret({ id: 's7' })).value.toString()).toBe('value of s7');
  await last.stop();
});

test('without the key that wraps it a record says so, and is left as it is', async () => {
  const old = await startCredential({ servers });
  await old.as.root.putSecret({ id: 'locked', value: Buffer.from('v') });
  await old.stop();
  const other = await startCredential({ servers, from: old, env: { CREDENTIAL_KEK: NEW_KEK } });
  await expect(other.as.routing.readSecret({ id: 'locked' })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    reason: 'KEK_MISSING',
  });
  await other.stop();
  const again = await startCredential({ servers, from: old });
  expect((await again.as.routing.readSecret({ id: 'locked' })).value.toString()).toBe('v');
  await again.stop();
});
