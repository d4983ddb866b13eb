import type { ApiKey } from '@switchyard/contracts/credential';
import type { ApiKeyRecord } from '../domain/api-key.ts';

const date = (atMs: number | undefined): Date | undefined =>
  atMs === undefined ? undefined : new Date(atMs);

/** A key without the key and without its digest, as messages have it. */
export function encodeApiKey(key: ApiKeyRecord): ApiKey {
  const { id, tenant, name, role, installation, prefix } = key;
  return {
    id,
    tenant,
    name,
    role,
    installation,
    prefix,
    createdAt: new Date(key.createdAtMs),
    expiresAt: date(key.expiresAtMs),
    revokedAt: date(key.revokedAtMs),
  };
}
