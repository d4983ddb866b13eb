import type { Transaction } from '@switchyard/service-kit';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { API_KEY_COLUMNS, dateOrNull } from './api-key-rows.ts';

const INSERT = `
  INSERT INTO credential.api_keys (${API_KEY_COLUMNS})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** Stores a new key. */
export async function insertApiKey(transaction: Transaction, key: ApiKeyRecord): Promise<void> {
  await transaction.query(INSERT, [
    key.id,
    key.owner,
    key.tenant,
    key.name,
    key.role,
    key.installation,
    key.prefix,
    key.digest,
    new Date(key.createdAtMs),
    dateOrNull(key.expiresAtMs),
    dateOrNull(key.revokedAtMs),
  ]);
}
