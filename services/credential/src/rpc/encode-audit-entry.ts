import type { AuditEntry as AuditEntryMessage } from '@switchyard/contracts/credential';
import type { AuditEntry } from '../domain/audit-entry.ts';
import { ownerOnTheWire } from '../domain/ownership.ts';

/** An entry, as messages have it. */
export function encodeAuditEntry(entry: AuditEntry): AuditEntryMessage {
  const { sequence, occurredAtMs, owner, actor, action, resource, outcome, details, hash } = entry;
  return {
    sequence,
    occurredAt: new Date(occurredAtMs),
    tenant: ownerOnTheWire(owner),
    actor,
    action,
    resource,
    outcome,
    details: { ...details },
    hash,
  };
}
