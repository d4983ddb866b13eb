import type { Transaction } from '@switchyard/service-kit';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKey } from './api-key-rows.ts';

const BY_DIGEST = `SELECT ${API_KEY_COLUMNS} FROM credential.api_keys WHERE digest = $1`;

const BY_ID = `SELECT ${API_KEY_COLUMNS} FROM credential.api_keys WHERE id = $1`;

/** The key with a digest, ended or not; undefined where there is none that the transaction may see. */
export async function findApiKeyByDigest(
  transaction: Transaction,
  digest: Buffer,
): Promise<ApiKeyRecord | undefined> {
  return find(transaction, { statement: BY_DIGEST, value: digest });
}

/** The key with an id, ended or not; undefined where there is none that the transaction may see. */
export async function findApiKeyById(
  transaction: Transaction,
  id: string,
): Promise<ApiKeyRecord | undefined> {
  return find(transaction, { statement: BY_ID, value: id });
}

async function find(
  transaction: Transaction,
  { statement, value }: { readonly statement: string; readonly value: Buffer | string },
): Promise<ApiKeyRecord | undefined> {
  const { rows } = await transaction.query<ApiKeyRow>(statement, [value]);
  return rows[0] === undefined ? undefined : toApiKey(rows[0]);
}
