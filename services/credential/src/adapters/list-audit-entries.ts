import type { Transaction } from '@switchyard/service-kit';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { AUDIT_COLUMNS, type AuditRow, toAuditEntry } from './audit-rows.ts';

const LIST = `
  SELECT ${AUDIT_COLUMNS} FROM credential.audit_entries
  WHERE tenant = $1 AND sequence < $2 AND ($3 = '' OR action = $3) AND ($4 = '' OR resource = $4)
  ORDER BY sequence DESC
  LIMIT $5`;

/** Entries that concern an owner, newest first. */
export async function listAuditEntries(input: {
  readonly transaction: Transaction;
  readonly owner: string;
  readonly beforeSequence: bigint;
  /** Only this action; empty: every one. */
  readonly action: string;
  /** Only this resource; empty: every one. */
  readonly resource: string;
  readonly limit: number;
}): Promise<AuditEntry[]> {
  const { transaction, owner, beforeSequence, action, resource, limit } = input;
  const values = [owner, beforeSequence, action, resource, limit];
  const { rows } = await transaction.query<AuditRow>(LIST, values);
  return rows.map(toAuditEntry);
}
