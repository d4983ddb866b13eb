import { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers });
});
afterAll(() => credential.stop());

const value = Buffer.from('x');
const long = (chars: number) => 'a'.repeat(chars);
const entry = {
  sequence: 0n,
  occurredAt: undefined,
  tenant: 'acme',
  actor: 'k1',
  action: 'connector.execute',
  resource: 'connector:pg',
  outcome: 'allowed',
  details: {},
  hash: Buffer.alloc(0),
};
const as = () => credential.as;
const append = (change: object) => as().routing.appendAuditEntry({ entry: { ...entry, ...change } });

/** Each field of each request with what it must refuse. */
const CASES: readonly (readonly [field: string, what: string, call: () => Promise<unknown>])[] = [
  ['id', 'no id', () => as().root.putSecret({ value })],
  ['id', 'an upper-case id', () => as().root.putSecret({ id: 'OpenAI', value })],
  ['id', 'a long id', () => as().root.putSecret({ id: long(129), value })],
  ['id', 'an id with a bar', () => as().root.putSecret({ id: 'a|b', value })],
  ['id', 'an id with a NUL', () => as().root.putSecret({ id: 'a\0', value })],
  ['tenant', 'a tenant with a bar', () => as().root.putSecret({ id: 'a', tenant: 'a|b', value })],
  ['tenant', 'a long tenant', () => as().root.putSecret({ id: 'a', tenant: long(65), value })],
  ['tenant', 'a tenant with a NUL', () => as().root.putSecret({ id: 'a', tenant: 'a\0', value })],
  ['value', 'no value', () => as().root.putSecret({ id: 'a' })],
  ['value', 'a value of 65,537 bytes', () => as().root.putSecret({ id: 'a', value: Buffer.alloc(65_537) })],
  [
    'allowed_origins[1]',
    'a path',
    () => as().root.putSecret({ id: 'a', value, allowedOrigins: ['https://a', 'https://b/v1'] }),
  ],
  [
    'allowed_origins',
    'too many',
    () => as().root.putSecret({ id: 'a', value, allowedOrigins: Array(33).fill('https://a') }),
  ],
  ['id', 'no id', () => as().routing.readSecret({})],
  ['tenant', 'a bad tenant', () => as().routing.readSecret({ id: 'a', tenant: ' ' })],
  ['purpose', 'a long purpose', () => as().routing.readSecret({ id: 'a', purpose: long(257) })],
  ['purpose', 'a purpose with a line break', () => as().routing.readSecret({ id: 'a', purpose: 'a\nb' })],
  ['tenant', 'a bad tenant', () => as().root.listSecrets({ tenant: '.' })],
  ['page_size', 'a negative page', () => as().root.listSecrets({ pageSize: -1 })],
  ['page_size', 'a page of 1,001', () => as().root.listSecrets({ pageSize: 1_001 })],
  ['page_token', 'a made-up token', () => as().root.listSecrets({ pageToken: 'x' })],
  [
    'page_token',
    'a token with a NUL',
    () => as().root.listSecrets({ pageToken: Buffer.from('["\\u0000"]').toString('base64url') }),
  ],
  ['id', 'no id', () => as().root.deleteSecret({})],
  ['tenant', 'a bad tenant', () => as().root.deleteSecret({ id: 'a', tenant: 'a b' })],
  ['tenant', 'a bad tenant', () => as().root.createApiKey({ tenant: '*' })],
  ['tenant', 'a tenant key for the installation', () => as().root.createApiKey({ tenant: 'installation' })],
  ['name', 'no name', () => as().root.createApiKey({ name: '' })],
  ['name', 'a long name', () => as().root.createApiKey({ name: long(129) })],
  ['name', 'a name with a NUL', () => as().root.createApiKey({ name: 'a\0' })],
  ['role', 'an unknown role', () => as().root.createApiKey({ role: 'root' })],
  ['role', 'a name that every object has', () => as().root.createApiKey({ role: 'constructor' })],
  ['role', 'the role of services', () => as().root.createApiKey({ role: 'service' })],
  ['expires_at', 'a past end', () => as().root.createApiKey({ expiresAt: new Date(0) })],
  [
    'expires_at',
    'an end after the year 9999',
    () => as().root.createApiKey({ expiresAt: new Date(8.64e15) }),
  ],
  ['tenant', 'a bad tenant', () => as().root.listApiKeys({ tenant: '/' })],
  ['page_size', 'a negative page', () => as().root.listApiKeys({ pageSize: -2_147_483_648 })],
  ['page_token', 'a made-up token', () => as().root.listApiKeys({ pageToken: 'WyIxIl0' })],
  [
    'page_token',
    'a token of another list',
    () => as().root.listApiKeys({ pageToken: Buffer.from('["x","y"]').toString('base64url') }),
  ],
  ['id', 'no id', () => as().root.rotateApiKey({})],
  ['id', 'a bad id', () => as().root.rotateApiKey({ id: `'; DROP TABLE` })],
  [
    'overlap_seconds',
    'more than 30 days',
    () => as().root.rotateApiKey({ id: 'root', overlapSeconds: 2_592_001 }),
  ],
  ['tenant', 'a bad tenant', () => as().root.rotateApiKey({ id: 'root', tenant: 'ä' })],
  ['id', 'no id', () => as().root.revokeApiKey({})],
  ['tenant', 'a bad tenant', () => as().root.revokeApiKey({ id: 'root', tenant: '-' })],
  ['digest', 'no digest', () => as().routing.resolveApiKey({})],
  ['digest', 'a cut digest', () => as().routing.resolveApiKey({ digest: Buffer.alloc(31) })],
  ['digest', 'a long digest', () => as().routing.resolveApiKey({ digest: Buffer.alloc(33) })],
  ['digest', 'a digest and an id', () => as().routing.resolveApiKey({ digest: Buffer.alloc(32), id: 'k' })],
  ['id', 'a bad id', () => as().routing.resolveApiKey({ id: 'a b' })],
  ['entry', 'no entry', () => as().routing.appendAuditEntry({ entry: undefined })],
  ['entry.tenant', 'a bad tenant', () => append({ tenant: '?' })],
  ['entry.actor', 'no actor', () => append({ actor: '' })],
  ['entry.actor', 'a long actor', () => append({ actor: long(129) })],
  ['entry.action', 'no action', () => append({ action: '' })],
  ['entry.action', 'an action of one word', () => append({ action: 'execute' })],
  ['entry.action', 'an action of this service', () => append({ action: 'secret.read' })],
  ['entry.action', 'an action of this service', () => append({ action: 'api_key.revoke' })],
  ['entry.action', 'a long action', () => append({ action: `a.${long(127)}` })],
  ['entry.resource', 'no resource', () => append({ resource: '' })],
  ['entry.resource', 'a long resource', () => append({ resource: long(513) })],
  ['entry.outcome', 'an unknown outcome', () => append({ outcome: 'perhaps' })],
  ['entry.details', 'a bad name', () => append({ details: { 'A b': 'x' } })],
  ['entry.details', 'the name that this service sets', () => append({ details: { recorded_by: 'x' } })],
  ['entry.details[a]', 'a long detail', () => append({ details: { a: long(2_049) } })],
  [
    'entry.details',
    'too many',
    () => append({ details: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`d${i}`, ''])) }),
  ],
  ['tenant', 'a bad tenant', () => as().root.listAuditEntries({ tenant: '\u0000' })],
  ['page_size', 'a page of 1,001', () => as().root.listAuditEntries({ pageSize: 1_001 })],
  ['page_token', 'a made-up token', () => as().root.listAuditEntries({ pageToken: '%%%' })],
  [
    'page_token',
    'a token beyond 64 bits',
    () =>
      as().root.listAuditEntries({ pageToken: Buffer.from(`["${'9'.repeat(30)}"]`).toString('base64url') }),
  ],
  ['action', 'a long action', () => as().root.listAuditEntries({ action: long(129) })],
  ['resource', 'a resource with a NUL', () => as().root.listAuditEntries({ resource: '\u0000' })],
];

test.each(CASES)('%s: %s is INVALID_ARGUMENT and named', async (field, _what, call) => {
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown as ServiceError,
  );
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', violations: [{ field }] });
});

test('several wrong fields are named at once', async () => {
  await expect(credential.as.root.putSecret({ id: '', tenant: ' ' })).rejects.toMatchObject({
    violations: [{ field: 'id' }, { field: 'tenant' }, { field: 'value' }],
  });
});

test('after all of it the service goes on', async () => {
  await credential.as.root.putSecret({ id: 'fine', value });
  expect((await credential.as.routing.readSecret({ id: 'fine' })).value.toString()).toBe('x');
});
