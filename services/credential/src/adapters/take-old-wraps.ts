import type { Transaction } from '@switchyard/service-kit';
import type { Envelope } from '../domain/envelope.ts';
import type { SecretRecord } from '../domain/secret.ts';
import {
  ENVELOPE_COLUMNS,
  type EnvelopeRow,
  SECRET_COLUMNS,
  type SecretRow,
  toEnvelope,
  toSecret,
} from './secret-rows.ts';

/** "Another than $1", written so that the index serves it. */
const TAKE = `
  SELECT ${SECRET_COLUMNS}, ${ENVELOPE_COLUMNS} FROM credential.secrets
  WHERE (kek_id < $1 OR kek_id > $1) AND (tenant, id) > ($2, $3)
  ORDER BY tenant, id
  LIMIT $4
  FOR UPDATE SKIP LOCKED`;

/** A stored secret with its envelope. */
export interface StoredSecret {
  readonly secret: SecretRecord;
  readonly envelope: Envelope;
}

/** Secrets after a position whose data key another key-encryption key wraps, locked until the transaction ends. */
export async function takeOldWraps(input: {
  readonly transaction: Transaction;
  readonly kekId: string;
  readonly after: { readonly owner: string; readonly id: string };
  readonly limit: number;
}): Promise<StoredSecret[]> {
  const { transaction, kekId, after, limit } = input;
  const { rows } = await transaction.query<SecretRow & EnvelopeRow>(TAKE, [
    kekId,
    after.owner,
    after.id,
    limit,
  ]);
  return rows.map((row) => ({ secret: toSecret(row), envelope: toEnvelope(row) }));
}
