import type { Transaction } from '@switchyard/service-kit';
import type { SecretRecord } from '../domain/secret.ts';
import { SECRET_COLUMNS, type SecretRow, toSecret } from './secret-rows.ts';

const LIST = `
  SELECT ${SECRET_COLUMNS} FROM credential.secrets
  WHERE tenant = $1 AND id > $2 AND ciphertext IS NOT NULL
  ORDER BY id
  LIMIT $3`;

/** Secrets of an owner after an id, in the order of their ids. Nothing of a value is read. */
export async function listSecrets(input: {
  readonly transaction: Transaction;
  readonly owner: string;
  readonly afterId: string;
  readonly limit: number;
}): Promise<SecretRecord[]> {
  const { transaction, owner, afterId, limit } = input;
  const { rows } = await transaction.query<SecretRow>(LIST, [owner, afterId, limit]);
  return rows.map(toSecret);
}
