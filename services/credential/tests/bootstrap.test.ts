import { apiKeyDigest, newApiKey } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCredentialDatabase } from './fixture/credential-database.ts';
import { eventually } from './fixture/eventually.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers });
});
afterAll(() => credential.stop());

const KEY_UNKNOWN = { code: 'UNAUTHENTICATED', reason: 'KEY_UNKNOWN' };
const configured = (key: string, more: object = {}) => ({
  id: 'svc',
  name: 'a service',
  digest: apiKeyDigest(key).toString('hex'),
  role: 'service',
  tenant: 'installation',
  installation: true,
  ...more,
});

/** Starts once more on the same database with these keys beside the usual ones, and stops. */
async function startWith(keys: readonly object[]): Promise<void> {
  const all = [...JSON.parse(credential.bootstrap), ...keys];
  const again = await startCredential({
    servers,
    from: credential,
    env: { CREDENTIAL_BOOTSTRAP_KEYS: JSON.stringify(all) },
  });
  await again.stop();
}

const resolve = (key: string) => credential.as.routing.resolveApiKey({ digest: apiKeyDigest(key) });
const bootstrapEntries = async () =>
  (
    await credential.as.root.listAuditEntries({ tenant: 'installation', resource: 'api_key:svc' })
  ).entries.map(({ action, actor, details }) => [action, actor, details.change]);

test('keys of services work from the first moment, and a second start changes nothing', async () => {
  const key = newApiKey();
  await startWith([configured(key)]);
  await startWith([configured(key)]);
  expect(await resolve(key)).toMatchObject({
    apiKey: { id: 'svc', role: 'service', tenant: 'installation', installation: true, prefix: '' },
  });
  expect(await bootstrapEntries()).toEqual([['api_key.bootstrap', 'bootstrap', 'created']]);
});

test('an id with another key ends the old key, everywhere', async () => {
  const [old, next] = [newApiKey(), newApiKey()];
  await startWith([configured(old)]);
  const cached = credential.withKey(old);
  await cached.readSecret({ id: 'x' }).catch(() => undefined);
  await startWith([configured(next)]);
  await expect(resolve(old)).rejects.toMatchObject(KEY_UNKNOWN);
  expect((await resolve(next)).apiKey?.id).toBe('svc');
  const refused = await eventually(
    () =>
      cached.readSecret({ id: 'x' }).then(
        () => undefined,
        (error: { code: string }) => (error.code === 'UNAUTHENTICATED' ? error : undefined),
      ),
    { withinMs: 15_000, what: 'the cached key is refused' },
  );
  expect(refused).toMatchObject(KEY_UNKNOWN);
  expect((await bootstrapEntries())[0]).toEqual(['api_key.bootstrap', 'bootstrap', 'replaced']);
});

test('another role of the same key is taken on, everywhere', async () => {
  const key = newApiKey();
  const id = 'ops';
  await startWith([configured(key, { id, role: 'admin' })]);
  const cached = credential.withKey(key);
  await cached.listSecrets();
  await startWith([configured(key, { id, role: 'viewer' })]);
  await expect
    .poll(() =>
      cached.listSecrets().then(
        () => 'OK',
        ({ code }: { code: string }) => code,
      ),
    )
    .toBe('PERMISSION_DENIED');
});

test('a key that was revoked stays revoked over starts', async () => {
  const key = newApiKey();
  const id = 'leaked';
  await startWith([configured(key, { id })]);
  await credential.as.root.revokeApiKey({ id, tenant: 'installation' });
  await startWith([configured(key, { id })]);
  await expect(resolve(key)).rejects.toMatchObject(KEY_UNKNOWN);
});

test('three replicas that start at once on an empty table all have the keys when they are started', async () => {
  const database = await createCredentialDatabase(servers.postgres);
  const from = { database, keys: credential.keys, bootstrap: credential.bootstrap };
  const replicas = await Promise.all([1, 2, 3].map(() => startCredential({ servers, from })));
  try {
    for (const { service } of replicas) {
      const ready = await fetch(`http://${service.addresses.ops}/readyz`);
      expect(await ready.json()).toMatchObject({ parts: { bootstrap: { ok: true } } });
    }
    const [first] = replicas;
    const { entries } = (await first?.as.root.listAuditEntries({ tenant: 'acme' })) ?? { entries: [] };
    expect(entries.map(({ action }) => action)).toEqual(Array(4).fill('api_key.bootstrap'));
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
  }
});
