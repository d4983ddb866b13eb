import type { Postgres, Transaction } from '@switchyard/service-kit';
import { type ChainBreak, compareWithHead, followChain, GENESIS } from '../domain/audit-chain.ts';
import type { ChainLink } from '../domain/audit-entry.ts';
import { AUDIT_COLUMNS, type AuditRow, toAuditEntry } from './audit-rows.ts';

/** Entries that are read at once. */
const PAGE = 1_000;

const HEAD = 'SELECT sequence, hash FROM credential.audit_head';
const ENTRIES = `
  SELECT ${AUDIT_COLUMNS} FROM credential.audit_entries
  WHERE sequence > $1 AND sequence <= $2
  ORDER BY sequence
  LIMIT ${PAGE}`;

/** Whether the audit log is as it was written. */
export type AuditVerdict =
  | { readonly kind: 'whole'; readonly entries: bigint }
  | { readonly kind: 'head_missing' }
  | ChainBreak;

/**
 * Reads the whole audit log and follows its chain to the head. Detects entries that were edited, deleted or cut off at the
 * end; not a forger who also rewrites every later hash and the head: that takes signed heads that are kept elsewhere.
 * Entries that are appended meanwhile are left for the next time.
 */
export async function verifyAuditChain(postgres: Postgres): Promise<AuditVerdict> {
  const head = await postgres.asSystem(readHead);
  if (head === undefined) return { kind: 'head_missing' };
  let last: ChainLink = GENESIS;
  while (last.sequence < head.sequence) {
    const from = last.sequence;
    const entries = await postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<AuditRow>(ENTRIES, [from, head.sequence]);
      return rows.map(toAuditEntry);
    });
    if (entries.length === 0) break;
    const followed = followChain(last, entries);
    if ('kind' in followed) return followed;
    last = followed;
  }
  return compareWithHead(last, head) ?? { kind: 'whole', entries: head.sequence };
}

async function readHead(transaction: Transaction): Promise<ChainLink | undefined> {
  const { rows } = await transaction.query<{ sequence: string; hash: Buffer }>(HEAD);
  return rows[0] === undefined ? undefined : { sequence: BigInt(rows[0].sequence), hash: rows[0].hash };
}
