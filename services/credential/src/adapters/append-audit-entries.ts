import type { Transaction } from '@switchyard/service-kit';
import { chainRecords } from '../domain/audit-chain.ts';
import type { AuditEntry, AuditRecord } from '../domain/audit-entry.ts';
import { auditUnavailable } from '../errors.ts';

const LOCK_HEAD = 'SELECT sequence, hash FROM credential.audit_head FOR UPDATE';

/** The entries and the new head in one statement: one round trip while the head is locked. */
const APPEND = `
  WITH moved AS (
    UPDATE credential.audit_head SET sequence = $1, hash = $2 RETURNING one
  )
  INSERT INTO credential.audit_entries
    (sequence, occurred_at, tenant, actor, action, resource, outcome, details, hash)
  SELECT e.sequence, e.occurred_at, e.tenant, e.actor, e.action, e.resource, e.outcome, e.details::jsonb, e.hash
  FROM unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[])
    AS e (sequence, occurred_at, tenant, actor, action, resource, outcome, details, hash), moved`;

/**
 * Appends to the audit log. The last thing of a transaction: from here to its commit nobody else can append.
 *
 * @throws AUDIT_UNAVAILABLE
 */
export async function appendAuditEntries(
  transaction: Transaction,
  records: readonly AuditRecord[],
): Promise<readonly AuditEntry[]> {
  try {
    const { rows } = await transaction.query<{ sequence: string; hash: Buffer }>(LOCK_HEAD);
    const [head] = rows;
    if (head === undefined) throw new Error('the head of the audit log is gone');
    const entries = chainRecords({ sequence: BigInt(head.sequence), hash: head.hash }, records);
    await insert(transaction, entries);
    return entries;
  } catch (error) {
    throw auditUnavailable(error);
  }
}

async function insert(transaction: Transaction, entries: readonly AuditEntry[]): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  const { rowCount } = await transaction.query(APPEND, [
    last.sequence,
    last.hash,
    entries.map(({ sequence }) => sequence),
    entries.map(({ occurredAtMs }) => new Date(occurredAtMs)),
    entries.map(({ owner }) => owner),
    entries.map(({ actor }) => actor),
    entries.map(({ action }) => action),
    entries.map(({ resource }) => resource),
    entries.map(({ outcome }) => outcome),
    entries.map(({ details }) => JSON.stringify(details)),
    entries.map(({ hash }) => hash),
  ]);
  if (rowCount !== entries.length) throw new Error(`${rowCount} of ${entries.length} entries were written`);
}
