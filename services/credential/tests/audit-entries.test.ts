import type { AuditEntry } from '@switchyard/contracts/credential';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './fixture/eventually.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers });
});
afterAll(() => credential.stop());

const value = Buffer.from('a value');
/** Newest first. */
const entriesOf = async (tenant: string, resource = ''): Promise<AuditEntry[]> =>
  (await credential.as.root.listAuditEntries({ tenant, resource, pageSize: 1_000 })).entries;
const shown = ({ actor, action, outcome, details }: AuditEntry) => ({ actor, action, outcome, details });

test('every read, put and delete of a secret has one entry, with who, what and why', async () => {
  const { acmeAdmin, routing } = credential.as;
  const secret = { tenant: 'acme', id: 'life' };
  await acmeAdmin.putSecret({ ...secret, value, allowedOrigins: ['https://a'] });
  await routing.readSecret({ ...secret, purpose: 'a completion' });
  await routing.readSecret(secret);
  await acmeAdmin.deleteSecret(secret);
  await expect(routing.readSecret(secret)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const read = { actor: 'routing', action: 'secret.read' };
  expect((await entriesOf('acme', 'secret:life')).map(shown).reverse()).toEqual([
    {
      actor: 'acmeAdmin',
      action: 'secret.put',
      outcome: 'allowed',
      details: { version: '1', allowed_origins: 'https://a' },
    },
    { ...read, outcome: 'allowed', details: { version: '1', purpose: 'a completion' } },
    { ...read, outcome: 'allowed', details: { version: '1', purpose: '' } },
    { actor: 'acmeAdmin', action: 'secret.delete', outcome: 'allowed', details: {} },
    { ...read, outcome: 'failed', details: { reason: 'SECRET_NOT_FOUND' } },
  ]);
});

test('every making, rotation and end of a key has one entry', async () => {
  const { acmeAdmin } = credential.as;
  const created = (await acmeAdmin.createApiKey({ name: 'ci', role: 'viewer' })).apiKey?.id as string;
  const successor = (await acmeAdmin.rotateApiKey({ id: created, overlapSeconds: 5 })).apiKey?.id as string;
  await acmeAdmin.revokeApiKey({ id: created });
  expect((await entriesOf('acme', `api_key:${created}`)).map(shown).reverse()).toEqual([
    {
      actor: 'acmeAdmin',
      action: 'api_key.create',
      outcome: 'allowed',
      details: { name: 'ci', role: 'viewer', installation: 'false' },
    },
    {
      actor: 'acmeAdmin',
      action: 'api_key.rotate',
      outcome: 'allowed',
      details: { successor, overlap_seconds: '5' },
    },
    { actor: 'acmeAdmin', action: 'api_key.revoke', outcome: 'allowed', details: {} },
  ]);
});

test('every refusal has one entry, which concerns the caller and not the tenant that it named', async () => {
  const { globexAdmin, root } = credential.as;
  const before = (await entriesOf('globex')).length;
  const attempts: [() => Promise<unknown>, string, string, string][] = [
    [
      () => globexAdmin.putSecret({ tenant: 'acme', id: 's', value }),
      'secret.put',
      'secret:s',
      'TENANT_NOT_FOUND',
    ],
    [
      () => globexAdmin.deleteSecret({ tenant: '', id: 's' }),
      'secret.delete',
      'secret:s',
      'INSTALLATION_KEY_NEEDED',
    ],
    [
      () => globexAdmin.createApiKey({ name: 'n', installation: true }),
      'api_key.create',
      'api_key:n',
      'INSTALLATION_KEY_NEEDED',
    ],
    [
      () => globexAdmin.createApiKey({ name: 'n', tenant: 'acme' }),
      'api_key.create',
      'api_key:n',
      'TENANT_NOT_FOUND',
    ],
    [
      () => globexAdmin.createApiKey({ name: 'n', role: 'service' }),
      'api_key.create',
      'api_key:n',
      'INVALID_ARGUMENT',
    ],
    [
      () => globexAdmin.rotateApiKey({ id: 'root', tenant: 'ops' }),
      'api_key.rotate',
      'api_key:root',
      'TENANT_NOT_FOUND',
    ],
    [
      () => globexAdmin.revokeApiKey({ id: 'acmeAdmin', tenant: 'acme' }),
      'api_key.revoke',
      'api_key:acmeAdmin',
      'TENANT_NOT_FOUND',
    ],
  ];
  for (const [attempt] of attempts) await expect(attempt()).rejects.toThrow();
  const found = (await entriesOf('globex')).slice(0, attempts.length).reverse();
  expect((await entriesOf('globex')).length).toBe(before + attempts.length);
  expect(
    found.map(({ actor, action, resource, outcome, details }) => [
      actor,
      action,
      resource,
      outcome,
      details.reason,
    ]),
  ).toEqual(
    attempts.map(([, action, resource, reason]) => ['globexAdmin', action, resource, 'denied', reason]),
  );
  await expect(root.revokeApiKey({ id: 'no-such' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await entriesOf('installation', 'api_key:no-such')).map(shown)).toEqual([
    { actor: 'root', action: 'api_key.revoke', outcome: 'failed', details: { reason: 'API_KEY_NOT_FOUND' } },
  ]);
});

test('a call that a role does not permit has an entry too', async () => {
  const { acmeAgent } = credential.as;
  await expect(acmeAgent.readSecret({ tenant: 'acme', id: 'x' })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
  const resource = 'rpc:/switchyard.credential.v1.SecretService/ReadSecret';
  const [entry] = await eventually(
    async () => {
      const found = await entriesOf('acme', resource);
      return found.length > 0 ? found : undefined;
    },
    { withinMs: 10_000, what: 'the entry of the denial' },
  );
  expect(entry).toMatchObject({
    actor: 'acmeAgent',
    action: 'credential.secret.read',
    outcome: 'denied',
    details: { role: 'agent' },
  });
});

test('a service adds its own entries, with its own name on them', async () => {
  const { routing, acmeService, acmeAdmin } = credential.as;
  const entry = {
    sequence: 999n,
    occurredAt: new Date(0),
    tenant: 'acme',
    actor: 'some-key',
    action: 'connector.execute',
    resource: 'connector:pg',
    outcome: 'allowed',
    details: { operation: 'query' },
    hash: Buffer.from('made up'),
  };
  const { sequence } = await routing.appendAuditEntry({ entry });
  const [found] = (await acmeAdmin.listAuditEntries({ action: 'connector.execute' })).entries;
  expect(found).toMatchObject({
    sequence,
    actor: 'some-key',
    details: { operation: 'query', recorded_by: 'routing' },
  });
  expect(found?.occurredAt?.getTime()).toBeGreaterThan(0);
  expect(found?.hash.length).toBe(32);
  await expect(acmeService.appendAuditEntry({ entry: { ...entry, tenant: 'globex' } })).rejects.toMatchObject(
    { code: 'NOT_FOUND' },
  );
  await expect(acmeService.appendAuditEntry({ entry: { ...entry, tenant: '' } })).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
  });
  await expect(acmeAdmin.appendAuditEntry({ entry })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
});

test('a tenant sees its own entries only, filtered, newest first, page by page', async () => {
  const { acmeAdmin, globexAdmin } = credential.as;
  await globexAdmin.putSecret({ tenant: 'globex', id: 'mine', value });
  for (let n = 0; n < 5; n++) await acmeAdmin.putSecret({ tenant: 'acme', id: `paged-${n}`, value });
  const all = (await acmeAdmin.listAuditEntries({ action: 'secret.put', pageSize: 1_000 })).entries;
  expect(new Set(all.map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
  expect(new Set(all.map(({ action }) => action))).toEqual(new Set(['secret.put']));
  const sequences = all.map(({ sequence }) => Number(sequence));
  expect(sequences).toEqual([...sequences].sort((a, b) => b - a));
  const seen: AuditEntry[] = [];
  let pageToken = '';
  do {
    const page = await acmeAdmin.listAuditEntries({ action: 'secret.put', pageSize: 2, pageToken });
    seen.push(...page.entries);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  expect(seen).toEqual(all);
  await expect(acmeAdmin.listAuditEntries({ tenant: 'globex' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(acmeAdmin.listAuditEntries({ tenant: 'installation' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
