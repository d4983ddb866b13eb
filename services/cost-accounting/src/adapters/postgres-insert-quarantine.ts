import type { Transaction } from '@switchyard/service-kit';
import type { Poison, PoisonReason } from '../domain/intake/poison.ts';
import { bytesArray, hexArray, plainArray, textArray } from './postgres-arrays.ts';

/** Something set aside, whole. */
export interface QuarantineRow {
  readonly outboxId: string | undefined;
  /** Undefined where it has no number of its own. */
  readonly sequence: number | undefined;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly poison: Poison;
}

const STATEMENT = `
  INSERT INTO cost_accounting.quarantine (outbox_id, sequence, digest, reason, detail, payload)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::bytea[])
  ON CONFLICT DO NOTHING
  RETURNING reason`;

/** Sets aside. @returns the reasons of those that were not there before */
export async function insertQuarantine(
  transaction: Transaction,
  rows: readonly QuarantineRow[],
): Promise<readonly PoisonReason[]> {
  if (rows.length === 0) return [];
  const inserted = await transaction.query<{ reason: PoisonReason }>(STATEMENT, [
    textArray(rows.map(({ outboxId }) => outboxId)),
    plainArray(rows.map(({ sequence }) => sequence)),
    hexArray(rows.map(({ digest }) => digest)),
    textArray(rows.map(({ poison }) => poison.reason)),
    // Texts hold no NUL; a decoder's complaint may quote the bytes it stumbled over.
    textArray(rows.map(({ poison }) => poison.detail.replaceAll('\0', '').slice(0, 1_000))),
    bytesArray(rows.map(({ bytes }) => bytes)),
  ]);
  return inserted.rows.map(({ reason }) => reason);
}
