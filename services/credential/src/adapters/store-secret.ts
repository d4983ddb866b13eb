import type { Transaction } from '@switchyard/service-kit';
import type { Envelope } from '../domain/envelope.ts';
import type { SecretRecord } from '../domain/secret.ts';

/** Takes the next version first: the value is encrypted for it, and the row stays locked until the transaction ends. */
const TAKE_VERSION = `
  INSERT INTO credential.secrets (tenant, id, version, allowed_origins, updated_at)
  VALUES ($1, $2, 1, $3, $4)
  ON CONFLICT (tenant, id) DO UPDATE
    SET version = secrets.version + 1, allowed_origins = excluded.allowed_origins, updated_at = excluded.updated_at
  RETURNING version`;

const STORE_ENVELOPE = `
  UPDATE credential.secrets
  SET kek_id = $3, wrap_nonce = $4, wrapped_key = $5, nonce = $6, ciphertext = $7
  WHERE tenant = $1 AND id = $2`;

/** Stores a secret, or its next version in the place of the current one. `encrypt` is called once, with the version it has. */
export async function storeSecret(input: {
  readonly transaction: Transaction;
  readonly secret: Omit<SecretRecord, 'version'>;
  readonly encrypt: (secret: SecretRecord) => Envelope;
}): Promise<SecretRecord> {
  const { transaction, secret, encrypt } = input;
  const { owner, id, allowedOrigins, updatedAtMs } = secret;
  const { rows } = await transaction.query<{ version: string }>(TAKE_VERSION, [
    owner,
    id,
    allowedOrigins,
    new Date(updatedAtMs),
  ]);
  const stored = { ...secret, version: BigInt(rows[0]?.version as string) };
  const { kekId, wrapNonce, wrappedKey, nonce, ciphertext } = encrypt(stored);
  await transaction.query(STORE_ENVELOPE, [owner, id, kekId, wrapNonce, wrappedKey, nonce, ciphertext]);
  return stored;
}
