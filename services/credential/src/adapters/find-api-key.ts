import type { Transaction } from '@switchyard/service-kit';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKey } from './api-key-rows.ts';

const BY_DIGEST = `SELECT ${API_KEY_COLUMNS} FROM credential.api_keys WHERE digest = $1`;

/** The key with a digest, ended or not; undefined where there is none that the transaction may see. */
export async function findApiKeyByDigest(
  transaction: Transaction,
  digest: Buffer,
): Promise<ApiKeyRecord | undefined> {
  const { rows } = await transaction.query<ApiKeyRow>(BY_DIGEST, [digest]);
  return rows[0] === undefined ? undefined : toApiKey(rows[0]);
}
