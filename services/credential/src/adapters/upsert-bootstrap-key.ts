import type { Transaction } from '@switchyard/service-kit';
import { type ApiKeyRecord, isLive } from '../domain/api-key.ts';
import type { BootstrapKey } from '../domain/bootstrap-key.ts';
import { INSTALLATION } from '../domain/ownership.ts';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKey } from './api-key-rows.ts';
import { findApiKeyByDigest } from './find-api-key.ts';
import { insertApiKey } from './insert-api-key.ts';

/** What became of a key of the configuration. */
export type BootstrapOutcome =
  | { readonly kind: 'created' | 'unchanged' }
  /** It was revoked, rotated or expired: a start does not bring it back. */
  | { readonly kind: 'ended' }
  /** Its role, reach or name is another now. */
  | { readonly kind: 'changed'; readonly old: ApiKeyRecord }
  /** Its id has another key now. */
  | { readonly kind: 'replaced'; readonly old: ApiKeyRecord };

const BY_ID = `SELECT ${API_KEY_COLUMNS} FROM credential.api_keys WHERE id = $1 FOR UPDATE`;

const CHANGE = `
  UPDATE credential.api_keys SET tenant = $2, acts_for = $3, name = $4, role = $5, installation = $6
  WHERE id = $1`;

const REPLACE = `
  UPDATE credential.api_keys
  SET tenant = $2, acts_for = $3, name = $4, role = $5, installation = $6,
      digest = $7, prefix = '', created_at = $8, expires_at = NULL, revoked_at = NULL
  WHERE id = $1`;

/** Brings one key of the configuration into the table. A key is known by its digest, then by its id. */
export async function upsertBootstrapKey(
  transaction: Transaction,
  { key, nowMs }: { key: BootstrapKey; nowMs: number },
): Promise<BootstrapOutcome> {
  const owner = key.installation ? INSTALLATION : key.tenant;
  const grant = [owner, key.tenant, key.name, key.role, key.installation];
  const same = await findApiKeyByDigest(transaction, key.digest);
  if (same !== undefined) {
    if (!isLive(same, nowMs)) return { kind: 'ended' };
    if (isAsConfigured(same, key)) return { kind: 'unchanged' };
    await transaction.query(CHANGE, [same.id, ...grant]);
    return { kind: 'changed', old: same };
  }
  const { rows } = await transaction.query<ApiKeyRow>(BY_ID, [key.id]);
  if (rows[0] !== undefined) {
    await transaction.query(REPLACE, [key.id, ...grant, key.digest, new Date(nowMs)]);
    return { kind: 'replaced', old: toApiKey(rows[0]) };
  }
  await insertApiKey(transaction, {
    ...key,
    owner,
    prefix: '',
    createdAtMs: nowMs,
    expiresAtMs: undefined,
    revokedAtMs: undefined,
  });
  return { kind: 'created' };
}

const isAsConfigured = (stored: ApiKeyRecord, key: BootstrapKey): boolean =>
  stored.name === key.name &&
  stored.role === key.role &&
  stored.tenant === key.tenant &&
  stored.installation === key.installation;
