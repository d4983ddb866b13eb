import type { SecretKey } from './secret-rows.ts';

/** The row stays, empty: its version must go on growing. */
const DELETE = `
  UPDATE credential.secrets
  SET version = version + 1, allowed_origins = '{}', updated_at = $3,
      kek_id = NULL, wrap_nonce = NULL, wrapped_key = NULL, nonce = NULL, ciphertext = NULL
  WHERE tenant = $1 AND id = $2 AND ciphertext IS NOT NULL
  RETURNING version`;

/** Removes a secret's value. Gives the version of the removal; undefined where there is no such secret. */
export async function deleteSecret({
  transaction,
  owner,
  id,
  nowMs,
}: SecretKey & { readonly nowMs: number }): Promise<bigint | undefined> {
  const { rows } = await transaction.query<{ version: string }>(DELETE, [owner, id, new Date(nowMs)]);
  return rows[0] === undefined ? undefined : BigInt(rows[0].version);
}
