import type { RecordIdentity } from './envelope.ts';

/** Most bytes of a secret's value. */
export const MAX_SECRET_BYTES = 65_536;

/** A secret without its value. */
export interface SecretRecord {
  /** A tenant or `installation`. */
  readonly owner: string;
  readonly id: string;
  /** From 1; goes on growing when a secret is deleted and stored again, so that an old ciphertext never fits a new record. */
  readonly version: bigint;
  /** Normalised. */
  readonly allowedOrigins: readonly string[];
  /** Wall milliseconds. */
  readonly updatedAtMs: number;
}

/**
 * The identity that a secret's value is encrypted for. The origins are its purpose: whoever changes them in the database
 * to have the secret sent elsewhere makes it unreadable.
 */
export function secretIdentity({ owner, id, version, allowedOrigins }: SecretRecord): RecordIdentity {
  return { tenant: owner, id, version, purpose: `send to ${allowedOrigins.join(',')}` };
}
