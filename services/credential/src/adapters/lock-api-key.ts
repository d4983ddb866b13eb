import type { Transaction } from '@switchyard/service-kit';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { API_KEY_COLUMNS, type ApiKeyRow, toApiKey } from './api-key-rows.ts';

const LOCK = `SELECT ${API_KEY_COLUMNS} FROM credential.api_keys WHERE id = $1 AND acts_for = $2 FOR UPDATE`;

/** A key of a tenant, locked until the transaction ends; undefined where there is none that the transaction may see. */
export async function lockApiKey(
  transaction: Transaction,
  { id, tenant }: { id: string; tenant: string },
): Promise<ApiKeyRecord | undefined> {
  const { rows } = await transaction.query<ApiKeyRow>(LOCK, [id, tenant]);
  return rows[0] === undefined ? undefined : toApiKey(rows[0]);
}
