import type { Transaction } from '@switchyard/service-kit';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKey } from './api-key-rows.ts';

const LIST = `
  SELECT ${API_KEY_COLUMNS} FROM credential.api_keys
  WHERE acts_for = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3))
  ORDER BY created_at DESC, id DESC
  LIMIT $4`;

/** Keys that act for a tenant, newest first, those that the transaction may see. */
export async function listApiKeys(input: {
  readonly transaction: Transaction;
  readonly tenant: string;
  /** The last key of the page before. */
  readonly after: { readonly createdAtMs: number; readonly id: string } | undefined;
  readonly limit: number;
}): Promise<ApiKeyRecord[]> {
  const { transaction, tenant, after, limit } = input;
  const afterTime = after === undefined ? null : new Date(after.createdAtMs);
  const { rows } = await transaction.query<ApiKeyRow>(LIST, [tenant, afterTime, after?.id ?? '', limit]);
  return rows.map(toApiKey);
}
