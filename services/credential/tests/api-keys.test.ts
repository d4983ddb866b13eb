import { BUILT_IN_ROLES } from '@switchyard/contracts';
import { apiKeyDigest, isApiKey, newApiKey } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CredentialApi } from './fixture/credential-api.ts';
import { queryOnce } from './fixture/credential-database.ts';
import { eventually } from './fixture/eventually.ts';
import { shiftableClock } from './fixture/shiftable-clock.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
const clock = shiftableClock();
let credential: CredentialFixture;
/** A second replica on the same database and bus. */
let replica: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers, overrides: { clock } });
  replica = await startCredential({ servers, from: credential, overrides: { clock } });
});
afterAll(async () => {
  await replica.stop();
  await credential.stop();
});

const KEY_UNKNOWN = { code: 'UNAUTHENTICATED', reason: 'KEY_UNKNOWN' };
const resolve = (secret: string) => credential.as.routing.resolveApiKey({ digest: apiKeyDigest(secret) });

/** How a replica refuses a key of which it hears that it has ended. */
const refusalOf = (there: CredentialApi): Promise<Error> =>
  eventually(
    () =>
      there.listApiKeys().then(
        () => undefined,
        (error: Error) => error,
      ),
    {
      withinMs: 5_000,
      what: 'the other replica refuses the key',
    },
  );

test('a new key is shown once, works at once, and only its digest is stored', async () => {
  const { apiKey, secret } = await credential.as.acmeAdmin.createApiKey({ name: 'ci', role: 'viewer' });
  expect(isApiKey(secret)).toBe(true);
  expect(apiKey).toMatchObject({ tenant: 'acme', name: 'ci', role: 'viewer', installation: false });
  expect(apiKey?.prefix).toBe(secret.slice(0, 9));
  await credential.withKey(secret).listApiKeys();
  const [row] = await queryOnce<{ digest: Buffer; text: string }>(
    credential.database.ownerUrl,
    'SELECT digest, k::text AS text FROM credential.api_keys k WHERE id = $1',
    [apiKey?.id],
  );
  expect(row?.digest.equals(apiKeyDigest(secret))).toBe(true);
  expect(row?.text).not.toContain(secret.slice(0, 12));
});

test('a key resolves to its tenant, the permissions of its role and a time to live', async () => {
  const { apiKey, secret } = await credential.as.acmeAdmin.createApiKey({ name: 'agent' });
  const resolved = await resolve(secret);
  expect(resolved.apiKey).toEqual(apiKey);
  expect(resolved.apiKey?.role).toBe('agent');
  expect(resolved.permissions).toEqual(BUILT_IN_ROLES.agent);
  expect(resolved.ttlSeconds).toBe(600);
});

test('a key resolves by its id as by its digest, until it has ended', async () => {
  const { acmeAdmin, acmeService, routing } = credential.as;
  const { apiKey, secret } = await acmeAdmin.createApiKey({ name: 'by id' });
  const id = apiKey?.id as string;
  expect(await routing.resolveApiKey({ id })).toEqual(await resolve(secret));
  await expect(acmeService.resolveApiKey({ id: 'globexAdmin' })).rejects.toMatchObject(KEY_UNKNOWN);
  await acmeAdmin.revokeApiKey({ id });
  await expect(routing.resolveApiKey({ id })).rejects.toMatchObject(KEY_UNKNOWN);
});

test('an unknown key resolves to UNAUTHENTICATED, and so does one of another tenant for a service of one tenant', async () => {
  await expect(resolve(newApiKey())).rejects.toMatchObject(KEY_UNKNOWN);
  const { acmeService, globexAdmin } = credential.as;
  const digest = apiKeyDigest(globexAdmin.apiKey);
  await expect(acmeService.resolveApiKey({ digest })).rejects.toMatchObject(KEY_UNKNOWN);
  const own = apiKeyDigest(credential.keys.acmeAgent);
  expect((await acmeService.resolveApiKey({ digest: own })).apiKey?.id).toBe('acmeAgent');
});

test('a child never exceeds its creator', async () => {
  const { acmeAdmin, acmeAgent, acmeViewer, root } = credential.as;
  await expect(acmeAdmin.createApiKey({ installation: true })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    reason: 'INSTALLATION_KEY_NEEDED',
  });
  await expect(acmeAdmin.createApiKey({ tenant: 'globex' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(acmeAdmin.createApiKey({ tenant: 'installation' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  for (const api of [acmeAgent, acmeViewer]) {
    await expect(api.createApiKey({ role: 'viewer' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  }
  for (const api of [acmeAdmin, root]) {
    await expect(api.createApiKey({ role: 'service' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'role' }],
    });
  }
  for (const role of ['admin', 'agent', 'viewer']) {
    expect((await acmeAdmin.createApiKey({ role })).apiKey).toMatchObject({ tenant: 'acme', role });
  }
});

test('a key of the installation makes keys of the installation and of every tenant', async () => {
  const { root } = credential.as;
  const ofInstallation = await root.createApiKey({ role: 'admin', installation: true });
  expect(ofInstallation.apiKey).toMatchObject({ tenant: 'ops', installation: true });
  const child = credential.withKey(ofInstallation.secret);
  expect((await child.createApiKey({ tenant: 'globex' })).apiKey).toMatchObject({ tenant: 'globex' });
});

test('keys of the installation are not there for a tenant that they act for', async () => {
  const { root, acmeAdmin } = credential.as;
  const { apiKey, secret } = await root.createApiKey({ tenant: 'acme', role: 'admin', installation: true });
  const id = apiKey?.id as string;
  const listed = (await acmeAdmin.listApiKeys({ pageSize: 1_000 })).apiKeys;
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.filter((key) => key.installation || key.tenant !== 'acme')).toEqual([]);
  const gone = { code: 'NOT_FOUND', reason: 'API_KEY_NOT_FOUND' };
  await expect(acmeAdmin.rotateApiKey({ id })).rejects.toMatchObject(gone);
  await expect(acmeAdmin.revokeApiKey({ id })).rejects.toMatchObject(gone);
  expect(
    (await root.listApiKeys({ tenant: 'acme', pageSize: 1_000 })).apiKeys.map((key) => key.id),
  ).toContain(id);
  await resolve(secret);
});

test('keys of another tenant are NOT_FOUND to list, rotate and revoke', async () => {
  const { acmeAdmin, globexAdmin } = credential.as;
  const id = (await globexAdmin.createApiKey({})).apiKey?.id as string;
  await expect(acmeAdmin.listApiKeys({ tenant: 'globex' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const tenant of ['', 'globex']) {
    await expect(acmeAdmin.rotateApiKey({ id, tenant })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(acmeAdmin.revokeApiKey({ id, tenant })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('a key of a service cannot be rotated by an RPC', async () => {
  await expect(
    credential.as.root.rotateApiKey({ id: 'routing', tenant: 'installation' }),
  ).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    reason: 'SERVICE_KEY_NOT_ROTATABLE',
  });
});

test('with an overlap both keys work, and the old one ends when the overlap does, here and where it is cached', async () => {
  const { acmeAdmin } = credential.as;
  const old = await acmeAdmin.createApiKey({ name: 'twice', role: 'viewer' });
  const [here, there] = [credential.withKey(old.secret), replica.withKey(old.secret)];
  await Promise.all([here.listApiKeys(), there.listApiKeys()]);
  const rotatedAtMs = clock.wallMs();
  const successor = await acmeAdmin.rotateApiKey({ id: old.apiKey?.id as string, overlapSeconds: 60 });
  expect(successor.apiKey).toMatchObject({ name: 'twice', role: 'viewer', tenant: 'acme' });
  expect(successor.apiKey?.id).not.toBe(old.apiKey?.id);
  await Promise.all([here, there, credential.withKey(successor.secret)].map((api) => api.listApiKeys()));
  // The other replica hears of it and learns the end.
  const expiresAtMs = (await resolve(old.secret)).apiKey?.expiresAt?.getTime() as number;
  expect(expiresAtMs - rotatedAtMs - 60_000).toBeGreaterThanOrEqual(0);
  expect(expiresAtMs - rotatedAtMs - 60_000).toBeLessThan(5_000);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await there.listApiKeys();
  clock.shift(61_000);
  await expect(here.listApiKeys()).rejects.toMatchObject(KEY_UNKNOWN);
  expect(await refusalOf(there)).toMatchObject(KEY_UNKNOWN);
  await expect(resolve(old.secret)).rejects.toMatchObject(KEY_UNKNOWN);
  await credential.withKey(successor.secret).listApiKeys();
});

test('without an overlap the old key ends at once, and cannot be rotated again', async () => {
  const { acmeAdmin } = credential.as;
  const old = await acmeAdmin.createApiKey({ role: 'viewer' });
  const here = credential.withKey(old.secret);
  await here.listApiKeys();
  const id = old.apiKey?.id as string;
  const successor = await acmeAdmin.rotateApiKey({ id });
  await expect(here.listApiKeys()).rejects.toMatchObject(KEY_UNKNOWN);
  await expect(resolve(old.secret)).rejects.toMatchObject(KEY_UNKNOWN);
  await resolve(successor.secret);
  await expect(acmeAdmin.rotateApiKey({ id })).rejects.toMatchObject({ reason: 'API_KEY_ENDED' });
});

test('a key that expires while it is cached is refused from that moment', async () => {
  const expiresAt = new Date(clock.wallMs() + 60_000);
  const { secret, apiKey } = await credential.as.acmeAdmin.createApiKey({ role: 'viewer', expiresAt });
  expect(apiKey?.expiresAt).toEqual(expiresAt);
  const cached = credential.withKey(secret);
  await cached.listApiKeys();
  clock.shift(30_000);
  await cached.listApiKeys();
  clock.shift(30_000);
  await expect(cached.listApiKeys()).rejects.toMatchObject(KEY_UNKNOWN);
  await expect(resolve(secret)).rejects.toMatchObject(KEY_UNKNOWN);
});

test('A21: a revoked key is refused here with the answer, and by another replica that has it cached in ≤5 s', async () => {
  const { acmeAdmin } = credential.as;
  const { secret, apiKey } = await acmeAdmin.createApiKey({ role: 'viewer' });
  const [here, there] = [credential.withKey(secret), replica.withKey(secret)];
  await Promise.all([here.listApiKeys(), there.listApiKeys()]);
  const revoked = await acmeAdmin.revokeApiKey({ id: apiKey?.id as string });
  expect(revoked.apiKey?.revokedAt).toBeInstanceOf(Date);
  await expect(here.listApiKeys()).rejects.toMatchObject(KEY_UNKNOWN);
  await expect(resolve(secret)).rejects.toMatchObject(KEY_UNKNOWN);
  expect(await refusalOf(there)).toMatchObject(KEY_UNKNOWN);
});

test('revoking again is allowed and keeps the first time', async () => {
  const { acmeAdmin } = credential.as;
  const id = (await acmeAdmin.createApiKey({})).apiKey?.id as string;
  const first = await acmeAdmin.revokeApiKey({ id });
  clock.shift(5_000);
  expect((await acmeAdmin.revokeApiKey({ id })).apiKey?.revokedAt).toEqual(first.apiKey?.revokedAt);
});

test('keys are listed newest first, page by page, each once', async () => {
  const { globexAdmin } = credential.as;
  for (let n = 0; n < 7; n++) await globexAdmin.createApiKey({ name: `n${n}` });
  const all = (await globexAdmin.listApiKeys({ pageSize: 1_000 })).apiKeys;
  const seen: typeof all = [];
  let pageToken = '';
  do {
    const page = await globexAdmin.listApiKeys({ pageSize: 3, pageToken });
    expect(page.apiKeys.length).toBeLessThanOrEqual(3);
    seen.push(...page.apiKeys);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(seen).toEqual(all);
  const times = all.map(({ createdAt }) => createdAt?.getTime() as number);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(all[0]?.name).toBe('n6');
});
