import type { AuditEntry, AuditOutcome } from '../domain/audit-entry.ts';

/** Columns of an entry. */
export const AUDIT_COLUMNS = 'sequence, occurred_at, tenant, actor, action, resource, outcome, details, hash';

/** {@link AUDIT_COLUMNS} as pg reads them. */
export interface AuditRow {
  readonly sequence: string;
  readonly occurred_at: Date;
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: AuditOutcome;
  readonly details: Record<string, string>;
  readonly hash: Buffer;
}

export function toAuditEntry(row: AuditRow): AuditEntry {
  return {
    sequence: BigInt(row.sequence),
    occurredAtMs: row.occurred_at.getTime(),
    owner: row.tenant,
    actor: row.actor,
    action: row.action,
    resource: row.resource,
    outcome: row.outcome,
    details: row.details,
    hash: row.hash,
  };
}
