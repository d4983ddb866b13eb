import { BUILT_IN_ROLES, type BuiltInRole } from '@switchyard/contracts';
import type { CreateApiKeyRequest, CreateApiKeyResponse } from '@switchyard/contracts/credential';
import { apiKeyDigest, invalidArgument, newApiKey, uuidV7 } from '@switchyard/kernel';
import { actingTenant, type CallContext } from '@switchyard/service-kit';
import { appendAuditEntries } from '../adapters/append-audit-entries.ts';
import { insertApiKey } from '../adapters/insert-api-key.ts';
import { type ApiKeyRecord, PREFIX_CHARS } from '../domain/api-key.ts';
import { checkFuture, checkTenant, checkText } from '../domain/field-checks.ts';
import { GRANTABLE_ROLES } from '../domain/key-grant.ts';
import { INSTALLATION } from '../domain/ownership.ts';
import { refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { allowedEntry, auditRefusals } from './audit-refusals.ts';
import { ownerOfCaller } from './caller-owner.ts';
import { encodeApiKey } from './encode-api-key.ts';
import { inKeyScope } from './key-scope.ts';
import { requireGrant } from './require-grant.ts';

const DEFAULT_ROLE = 'agent';

/** Makes a key that never exceeds its creator. Only its digest is stored: the key itself is in this answer and nowhere else. */
export const createApiKey =
  (context: CredentialContext) =>
  async (request: CreateApiKeyRequest, call: CallContext): Promise<CreateApiKeyResponse> => {
    const role = validate(request, context.clock.wallMs());
    const { principal } = call;
    const attempt = { action: 'api_key.create', resource: `api_key:${request.name}` };
    const tenant = await auditRefusals(context, call, {
      attempt: { ...attempt, owner: ownerOfCaller(principal) },
      run: () => {
        requireGrant(principal, { role, installation: request.installation });
        return actingTenant(principal, request.tenant);
      },
    });
    requireTenantName(tenant, request);
    const secret = newApiKey();
    const key = toRecord({ request, role, tenant, secret, nowMs: context.clock.wallMs() });
    await inKeyScope(context, principal, {
      tenant,
      run: async (transaction) => {
        await insertApiKey(transaction, key);
        const details = { name: key.name, role, installation: String(key.installation) };
        const entry = { action: attempt.action, resource: `api_key:${key.id}`, owner: key.owner, details };
        await appendAuditEntries(transaction, [allowedEntry(context, call, entry)]);
      },
    });
    context.events.keyChanged('created');
    return { apiKey: encodeApiKey(key), secret };
  };

function validate({ tenant, name, role, expiresAt }: CreateApiKeyRequest, nowMs: number): BuiltInRole {
  const named = role === '' ? DEFAULT_ROLE : role;
  refuseViolations(
    checkTenant({ field: 'tenant', value: tenant }),
    checkText({ field: 'name', value: name, min: 1, max: 128 }),
    isRole(named)
      ? undefined
      : { field: 'role', description: `must be one of ${GRANTABLE_ROLES.join(', ')}` },
    checkFuture({ field: 'expires_at', value: expiresAt, nowMs }),
  );
  return named as BuiltInRole;
}

const isRole = (name: string): name is BuiltInRole => Object.hasOwn(BUILT_IN_ROLES, name);

function requireTenantName(tenant: string, { installation }: CreateApiKeyRequest): void {
  if (tenant !== INSTALLATION || installation) return;
  throw invalidArgument({
    field: 'tenant',
    description: 'must name a tenant: the installation has only keys of the installation',
  });
}

function toRecord(input: {
  readonly request: CreateApiKeyRequest;
  readonly role: BuiltInRole;
  readonly tenant: string;
  readonly secret: string;
  readonly nowMs: number;
}): ApiKeyRecord {
  const { request, role, tenant, secret, nowMs } = input;
  const { name, installation, expiresAt } = request;
  return {
    id: uuidV7(nowMs),
    owner: installation ? INSTALLATION : tenant,
    tenant,
    name,
    role,
    installation,
    prefix: secret.slice(0, PREFIX_CHARS),
    digest: apiKeyDigest(secret),
    createdAtMs: nowMs,
    expiresAtMs: expiresAt?.getTime(),
    revokedAtMs: undefined,
  };
}
