import { BUILT_IN_ROLES, type BuiltInRole, type Permission } from '@switchyard/contracts';
import {
  ApiKeyServiceService,
  AuditServiceService,
  SecretServiceService,
} from '@switchyard/contracts/credential';
import { apiKeyDigest, newApiKey } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CredentialApi } from './fixture/credential-api.ts';
import { type CredentialFixture, startCredential } from './fixture/start-credential.ts';

const servers = useServers({ postgres: true, nats: true });
let credential: CredentialFixture;

beforeAll(async () => {
  credential = await startCredential({ servers });
  for (const [name, tenant] of [
    ['acmeAdmin', 'acme'],
    ['globexAdmin', 'globex'],
  ] as const) {
    await credential.as[name].putSecret({ tenant, id: 'kept', value: Buffer.from('v') });
  }
});
afterAll(() => credential.stop());

const value = Buffer.from('v');
const entry = (tenant: string) => ({
  sequence: 0n,
  occurredAt: undefined,
  tenant,
  actor: 'a',
  action: 'test.access',
  resource: 'r',
  outcome: 'allowed',
  details: {},
  hash: Buffer.alloc(0),
});

interface RpcCase {
  readonly permission: Permission;
  /** Calls it for a tenant, with fresh objects where it uses them up. */
  readonly call: (api: CredentialApi, tenant: string) => Promise<unknown>;
}

const freshKey = async (tenant: string) =>
  (await credential.as.root.createApiKey({ tenant })).apiKey?.id as string;

const RPCS: Readonly<Record<string, RpcCase>> = {
  putSecret: {
    permission: 'credential.secret.write',
    call: (api, tenant) => api.putSecret({ tenant, id: 'put', value }),
  },
  readSecret: {
    permission: 'credential.secret.read',
    call: (api, tenant) => api.readSecret({ tenant, id: 'kept' }),
  },
  listSecrets: { permission: 'credential.secret.list', call: (api, tenant) => api.listSecrets({ tenant }) },
  deleteSecret: {
    permission: 'credential.secret.write',
    call: async (api, tenant) => {
      await credential.as.root.putSecret({ tenant, id: 'removed', value });
      return api.deleteSecret({ tenant, id: 'removed' });
    },
  },
  createApiKey: { permission: 'credential.key.write', call: (api, tenant) => api.createApiKey({ tenant }) },
  listApiKeys: { permission: 'credential.key.read', call: (api, tenant) => api.listApiKeys({ tenant }) },
  rotateApiKey: {
    permission: 'credential.key.write',
    call: async (api, tenant) => api.rotateApiKey({ tenant, id: await freshKey(tenant) }),
  },
  revokeApiKey: {
    permission: 'credential.key.write',
    call: async (api, tenant) => api.revokeApiKey({ tenant, id: await freshKey(tenant) }),
  },
  resolveApiKey: {
    permission: 'credential.key.resolve',
    call: (api, tenant) =>
      api.resolveApiKey({
        digest: apiKeyDigest(tenant === 'acme' ? credential.keys.acmeAgent : credential.keys.globexAdmin),
      }),
  },
  appendAuditEntry: {
    permission: 'credential.audit.append',
    call: (api, tenant) => api.appendAuditEntry({ entry: entry(tenant) }),
  },
  listAuditEntries: {
    permission: 'credential.audit.read',
    call: (api, tenant) => api.listAuditEntries({ tenant }),
  },
};

const CALLERS: readonly (readonly [
  name: 'root' | 'routing' | 'acmeAdmin' | 'acmeAgent' | 'acmeViewer' | 'acmeService',
  role: BuiltInRole,
  installation: boolean,
])[] = [
  ['root', 'admin', true],
  ['routing', 'service', true],
  ['acmeAdmin', 'admin', false],
  ['acmeAgent', 'agent', false],
  ['acmeViewer', 'viewer', false],
  ['acmeService', 'service', false],
];

test('A25: the table of this test lists 100 % of the RPCs', () => {
  const served = [SecretServiceService, ApiKeyServiceService, AuditServiceService].flatMap((service) =>
    Object.keys(service),
  );
  expect(Object.keys(RPCS).sort()).toEqual(served.sort());
});

test.each(Object.entries(RPCS))(
  'A25: %s answers exactly the roles and tenants that it is for',
  async (_name, { permission, call }) => {
    for (const [name, role, installation] of CALLERS) {
      for (const tenant of ['acme', 'globex']) {
        const outcome = await call(credential.as[name], tenant).then(
          () => 'OK',
          ({ code }: { code: string }) => code,
        );
        const may = BUILT_IN_ROLES[role].includes(permission);
        const reaches = installation || tenant === 'acme';
        // An unknown key and one of another tenant get the same answer.
        const hidden = permission === 'credential.key.resolve' ? 'UNAUTHENTICATED' : 'NOT_FOUND';
        expect(outcome, `${name} for ${tenant}`).toBe(may ? (reaches ? 'OK' : hidden) : 'PERMISSION_DENIED');
      }
    }
  },
);

test('a call without a key, with a malformed one and with an unknown one is UNAUTHENTICATED', async () => {
  for (const [key, reason] of [
    ['', 'KEY_MISSING'],
    ['sy_short', 'KEY_MALFORMED'],
    [`${credential.keys.root.slice(0, -1)}!`, 'KEY_MALFORMED'],
    [newApiKey(), 'KEY_UNKNOWN'],
  ] as const) {
    await expect(credential.withKey(key).listSecrets()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      reason,
    });
  }
});
