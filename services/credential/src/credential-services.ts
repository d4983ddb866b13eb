import {
  ApiKeyServiceService,
  AuditServiceService,
  SecretServiceService,
} from '@switchyard/contracts/credential';
import { type DefinedService, defineService } from '@switchyard/service-kit';
import type { CredentialContext } from './ports.ts';
import { appendAuditEntry } from './rpc/append-audit-entry.ts';
import { createApiKey } from './rpc/create-api-key.ts';
import { deleteSecret } from './rpc/delete-secret.ts';
import { listApiKeys } from './rpc/list-api-keys.ts';
import { listAuditEntries } from './rpc/list-audit-entries.ts';
import { listSecrets } from './rpc/list-secrets.ts';
import { putSecret } from './rpc/put-secret.ts';
import { readSecret } from './rpc/read-secret.ts';
import { resolveApiKey } from './rpc/resolve-api-key.ts';
import { revokeApiKey } from './rpc/revoke-api-key.ts';
import { rotateApiKey } from './rpc/rotate-api-key.ts';

/** Every RPC of this service with the permission that it needs. */
export const credentialServices = (context: CredentialContext): readonly DefinedService[] => [
  defineService(SecretServiceService, {
    putSecret: { permission: 'credential.secret.write', handle: putSecret(context) },
    readSecret: { permission: 'credential.secret.read', handle: readSecret(context) },
    listSecrets: { permission: 'credential.secret.list', handle: listSecrets(context) },
    deleteSecret: { permission: 'credential.secret.write', handle: deleteSecret(context) },
  }),
  defineService(ApiKeyServiceService, {
    createApiKey: { permission: 'credential.key.write', handle: createApiKey(context) },
    listApiKeys: { permission: 'credential.key.read', handle: listApiKeys(context) },
    rotateApiKey: { permission: 'credential.key.write', handle: rotateApiKey(context) },
    revokeApiKey: { permission: 'credential.key.write', handle: revokeApiKey(context) },
    resolveApiKey: { permission: 'credential.key.resolve', handle: resolveApiKey(context) },
  }),
  defineService(AuditServiceService, {
    appendAuditEntry: { permission: 'credential.audit.append', handle: appendAuditEntry(context) },
    listAuditEntries: { permission: 'credential.audit.read', handle: listAuditEntries(context) },
  }),
];
