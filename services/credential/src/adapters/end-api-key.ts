import type { Transaction } from '@switchyard/service-kit';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { dateOrNull } from './api-key-rows.ts';

const END = 'UPDATE credential.api_keys SET expires_at = $2, revoked_at = $3 WHERE id = $1';

/** Stores when a key ends. */
export async function endApiKey(
  transaction: Transaction,
  { id, expiresAtMs, revokedAtMs }: Pick<ApiKeyRecord, 'id' | 'expiresAtMs' | 'revokedAtMs'>,
): Promise<void> {
  await transaction.query(END, [id, dateOrNull(expiresAtMs), dateOrNull(revokedAtMs)]);
}
