import type { Secret } from '@switchyard/contracts/credential';
import { ownerOnTheWire } from '../domain/ownership.ts';
import type { SecretRecord } from '../domain/secret.ts';

/** A secret without its value, as messages have it. */
export function encodeSecret({ owner, id, version, allowedOrigins, updatedAtMs }: SecretRecord): Secret {
  return {
    id,
    tenant: ownerOnTheWire(owner),
    version,
    allowedOrigins: [...allowedOrigins],
    updatedAt: new Date(updatedAtMs),
  };
}
