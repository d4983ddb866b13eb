import { insist } from '@switchyard/testkit/insist';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOnce } from './fixture/credential-database.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers });
});
afterAll(() => credential.stop());

const value = (text: string) => Buffer.from(text, 'utf8');
const sql = <Row extends Record<string, unknown>>(text: string, values: unknown[] = []) =>
  queryOnce<Row>(credential.database.ownerUrl, text, values);

test('a secret is stored, and read by a service with its origins, version and time to live', async () => {
  const { root, routing } = credential.as;
  const put = await root.putSecret({
    id: 'openai',
    value: value('sk-1'),
    allowedOrigins: ['HTTPS://api.OpenAI.com:443/', 'https://api.openai.com'],
  });
  expect(put.secret).toMatchObject({
    id: 'openai',
    tenant: '',
    version: 1n,
    allowedOrigins: ['https://api.openai.com'],
  });
  const read = await routing.readSecret({ id: 'openai', purpose: 'a completion' });
  expect(read.value.toString()).toBe('sk-1');
  expect(read.secret).toEqual(put.secret);
  expect(read.ttlSeconds).toBe(600);
});

test('a new version takes the place of the old one', async () => {
  const { root, routing } = credential.as;
  await root.putSecret({ id: 'rotating', value: value('old'), allowedOrigins: ['https://a'] });
  const put = await root.putSecret({ id: 'rotating', value: value('new') });
  expect(put.secret).toMatchObject({ version: 2n, allowedOrigins: [] });
  expect((await routing.readSecret({ id: 'rotating' })).value.toString()).toBe('new');
});

test('20 writers of one secret at once get 20 versions, and the last one is read', async () => {
  const { root, routing } = credential.as;
  const puts = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      insist(() => root.putSecret({ id: 'contended', value: value(`v${n}`) })),
    ),
  );
  const versions = puts.map(({ secret }) => Number(secret?.version)).sort((a, b) => a - b);
  expect(versions).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  const last = puts.findIndex(({ secret }) => secret?.version === 20n);
  expect((await routing.readSecret({ id: 'contended' })).value.toString()).toBe(`v${last}`);
});

test('a deleted secret is gone, its ciphertext too, and its version goes on when it comes back', async () => {
  const { root, routing } = credential.as;
  await root.putSecret({ id: 'gone', value: value('x') });
  await root.deleteSecret({ id: 'gone' });
  await expect(routing.readSecret({ id: 'gone' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    reason: 'SECRET_NOT_FOUND',
  });
  await expect(root.deleteSecret({ id: 'gone' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const rows = await sql(`SELECT ciphertext, wrapped_key FROM credential.secrets WHERE id = 'gone'`);
  expect(rows).toEqual([{ ciphertext: null, wrapped_key: null }]);
  expect((await root.putSecret({ id: 'gone', value: value('y') })).secret?.version).toBe(3n);
  expect((await routing.readSecret({ id: 'gone' })).value.toString()).toBe('y');
});

test('the largest value of 65,536 bytes and one of a single zero byte come back as they were', async () => {
  const { root, routing } = credential.as;
  for (const [id, bytes] of [
    ['large', Buffer.alloc(65_536, 7)],
    ['zero', Buffer.alloc(1)],
  ] as const) {
    await root.putSecret({ id, value: bytes });
    expect((await routing.readSecret({ id })).value.equals(bytes)).toBe(true);
  }
});

test('secrets are listed page by page in the order of their ids, without values', async () => {
  const { acmeAdmin } = credential.as;
  const ids = ['a', 'b-1', 'b/2', 'c.3', 'd_4'];
  for (const id of ids) await acmeAdmin.putSecret({ tenant: 'acme', id, value: value('canary-in-list') });
  const seen: string[] = [];
  let pageToken = '';
  do {
    const page = await acmeAdmin.listSecrets({ tenant: 'acme', pageSize: 2, pageToken });
    expect(page.secrets.length).toBeLessThanOrEqual(2);
    expect(JSON.stringify(page, (_, v) => (typeof v === 'bigint' ? String(v) : v))).not.toContain('canary');
    seen.push(...page.secrets.map(({ id }) => id));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(seen).toEqual([...ids].sort());
});

test('the same id in two tenants and the installation is three secrets, each for its own', async () => {
  const { root, acmeAdmin, globexAdmin, routing, acmeService } = credential.as;
  await root.putSecret({ id: 'shared', value: value('of the installation') });
  await acmeAdmin.putSecret({ tenant: 'acme', id: 'shared', value: value('of acme') });
  await globexAdmin.putSecret({ tenant: 'globex', id: 'shared', value: value('of globex') });
  const read = async (tenant: string) =>
    (await routing.readSecret({ id: 'shared', tenant })).value.toString();
  expect(await read('')).toBe('of the installation');
  expect(await read('acme')).toBe('of acme');
  expect(await read('globex')).toBe('of globex');
  expect((await acmeService.readSecret({ id: 'shared', tenant: 'acme' })).value.toString()).toBe('of acme');
});

test('the secret of another tenant is NOT_FOUND, whether it exists or not, to read, list, store and delete', async () => {
  const { acmeAdmin, acmeService, globexAdmin, routing } = credential.as;
  await globexAdmin.putSecret({ tenant: 'globex', id: 'private', value: value('x') });
  for (const id of ['private', 'no-such']) {
    await expect(acmeService.readSecret({ tenant: 'globex', id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(acmeAdmin.deleteSecret({ tenant: 'globex', id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(acmeAdmin.putSecret({ tenant: 'globex', id, value: value('y') })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  }
  await expect(acmeAdmin.listSecrets({ tenant: 'globex' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await routing.readSecret({ tenant: 'globex', id: 'private' })).value.toString()).toBe('x');
});

test('secrets of the installation need a key of the installation', async () => {
  const { acmeAdmin, acmeService } = credential.as;
  const refused = { code: 'PERMISSION_DENIED', reason: 'INSTALLATION_KEY_NEEDED' };
  for (const tenant of ['', 'installation']) {
    await expect(acmeService.readSecret({ id: 'openai', tenant })).rejects.toMatchObject(refused);
    await expect(acmeAdmin.putSecret({ id: 'openai', tenant, value: value('x') })).rejects.toMatchObject(
      refused,
    );
    await expect(acmeAdmin.deleteSecret({ id: 'openai', tenant })).rejects.toMatchObject(refused);
    await expect(acmeAdmin.listSecrets({ tenant })).rejects.toMatchObject(refused);
  }
});

test('only services read values', async () => {
  const { root, acmeAdmin, acmeAgent, acmeViewer } = credential.as;
  for (const api of [root, acmeAdmin, acmeAgent, acmeViewer]) {
    await expect(api.readSecret({ id: 'openai' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      metadata: { permission: 'credential.secret.read' },
    });
  }
});

test('A30: a ciphertext that was moved to another record in the database is rejected', async () => {
  const { root, routing } = credential.as;
  await root.putSecret({ id: 'swap-a', value: value('a') });
  await root.putSecret({ id: 'swap-b', value: value('b') });
  await sql(`
    UPDATE credential.secrets a
    SET kek_id = b.kek_id, wrap_nonce = b.wrap_nonce, wrapped_key = b.wrapped_key, nonce = b.nonce, ciphertext = b.ciphertext
    FROM credential.secrets b WHERE a.id = 'swap-a' AND b.id = 'swap-b'`);
  await expect(routing.readSecret({ id: 'swap-a' })).rejects.toMatchObject({
    code: 'DATA_LOSS',
    reason: 'SECRET_NOT_AUTHENTIC',
  });
});

test('origins that were changed in the database make a secret unreadable', async () => {
  const { root, routing } = credential.as;
  await root.putSecret({ id: 'bound', value: value('x'), allowedOrigins: ['https://good.example'] });
  await sql(`UPDATE credential.secrets SET allowed_origins = '{https://evil.example}' WHERE id = 'bound'`);
  await expect(routing.readSecret({ id: 'bound' })).rejects.toMatchObject({ reason: 'SECRET_NOT_AUTHENTIC' });
});
