import type { Transaction } from '@switchyard/service-kit';
import type { Envelope } from '../domain/envelope.ts';
import type { SecretRecord } from '../domain/secret.ts';

/** Columns of a secret without its envelope. */
export const SECRET_COLUMNS = 'tenant, id, version, allowed_origins, updated_at';
/** Columns of its envelope. */
export const ENVELOPE_COLUMNS = 'kek_id, wrap_nonce, wrapped_key, nonce, ciphertext';

/** {@link SECRET_COLUMNS} as pg reads them. */
export interface SecretRow {
  readonly tenant: string;
  readonly id: string;
  readonly version: string;
  readonly allowed_origins: string[];
  readonly updated_at: Date;
}

/** {@link ENVELOPE_COLUMNS} as pg reads them. */
export interface EnvelopeRow {
  readonly kek_id: string;
  readonly wrap_nonce: Buffer;
  readonly wrapped_key: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

export function toSecret(row: SecretRow): SecretRecord {
  return {
    owner: row.tenant,
    id: row.id,
    version: BigInt(row.version),
    allowedOrigins: row.allowed_origins,
    updatedAtMs: row.updated_at.getTime(),
  };
}

export function toEnvelope(row: EnvelopeRow): Envelope {
  return {
    kekId: row.kek_id,
    wrapNonce: row.wrap_nonce,
    wrappedKey: row.wrapped_key,
    nonce: row.nonce,
    ciphertext: row.ciphertext,
  };
}

/** Which secret, in which transaction. */
export interface SecretKey {
  readonly transaction: Transaction;
  /** A tenant or `installation`. */
  readonly owner: string;
  readonly id: string;
}
