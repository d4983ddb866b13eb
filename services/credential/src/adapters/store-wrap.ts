import type { Transaction } from '@switchyard/service-kit';
import type { StoredSecret } from './take-old-wraps.ts';

const STORE = `
  UPDATE credential.secrets SET kek_id = $4, wrap_nonce = $5, wrapped_key = $6
  WHERE tenant = $1 AND id = $2 AND version = $3`;

/** Stores the new wrapping of a data key. The ciphertext and the version stay as they are. */
export async function storeWrap(transaction: Transaction, { secret, envelope }: StoredSecret): Promise<void> {
  const { owner, id, version } = secret;
  const { kekId, wrapNonce, wrappedKey } = envelope;
  await transaction.query(STORE, [owner, id, version, kekId, wrapNonce, wrappedKey]);
}
