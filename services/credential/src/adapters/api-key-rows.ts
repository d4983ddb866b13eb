import type { BuiltInRole } from '@switchyard/contracts';
import type { ApiKeyRecord } from '../domain/api-key.ts';

/** Columns of a key. */
export const API_KEY_COLUMNS =
  'id, tenant, acts_for, name, role, installation, prefix, digest, created_at, expires_at, revoked_at';

/** {@link API_KEY_COLUMNS} as pg reads them. */
export interface ApiKeyRow {
  readonly id: string;
  readonly tenant: string;
  readonly acts_for: string;
  readonly name: string;
  readonly role: BuiltInRole;
  readonly installation: boolean;
  readonly prefix: string;
  readonly digest: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

export function toApiKey(row: ApiKeyRow): ApiKeyRecord {
  return {
    id: row.id,
    owner: row.tenant,
    tenant: row.acts_for,
    name: row.name,
    role: row.role,
    installation: row.installation,
    prefix: row.prefix,
    digest: row.digest,
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at?.getTime(),
    revokedAtMs: row.revoked_at?.getTime(),
  };
}

/** A time for a column that may be empty. */
export const dateOrNull = (atMs: number | undefined): Date | null =>
  atMs === undefined ? null : new Date(atMs);
