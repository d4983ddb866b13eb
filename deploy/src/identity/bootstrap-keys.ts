import type { BuiltInRole } from '@switchyard/contracts';
import { apiKeyDigest } from '@switchyard/kernel';
import { SERVICE_NAMES } from '../fleet/service-table.ts';
import type { Identity } from './identity.ts';

/** The tenant that the local start's own key acts for. */
export const LOCAL_TENANT = 'default';

/** What the credential service reads from `CREDENTIAL_BOOTSTRAP_KEYS`: digests, never the keys. */
export function bootstrapKeys({ operatorKey, serviceKeys }: Identity): string {
  const entry = (id: string, key: string, role: BuiltInRole) => ({
    id,
    name: id,
    digest: apiKeyDigest(key).toString('hex'),
    role,
    tenant: LOCAL_TENANT,
    installation: true,
  });
  return JSON.stringify([
    entry('operator', operatorKey, 'admin'),
    // Credential calls nobody, and so needs no key of its own.
    ...SERVICE_NAMES.filter((name) => name !== 'credential').map((name) =>
      entry(`service-${name}`, serviceKeys[name], 'service'),
    ),
  ]);
}
