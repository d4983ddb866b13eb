import type {
  AppendAuditEntryRequest,
  AppendAuditEntryResponse,
  AuditEntry as AuditEntryMessage,
} from '@switchyard/contracts/credential';
import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { CallContext } from '@switchyard/service-kit';
import { AUDIT_OUTCOMES, type AuditOutcome } from '../domain/audit-entry.ts';
import { checkTenant, checkText } from '../domain/field-checks.ts';
import { refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { namedOwner } from './caller-owner.ts';

/** Most details of an entry. */
const MAX_DETAILS = 32;
/** Detail that names the service which sent the entry: it vouches for the actor. */
const RECORDED_BY = 'recorded_by';
/** `<what>.<verb>`; what this service itself does cannot be claimed by another. */
const ACTION = /^(?!secret\.|api_key\.|credential\.)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** Adds an entry of another service to the audit log. */
export const appendAuditEntry =
  ({ audit, clock }: CredentialContext) =>
  async (
    { entry }: AppendAuditEntryRequest,
    { principal }: CallContext,
  ): Promise<AppendAuditEntryResponse> => {
    if (entry === undefined) throw invalidArgument({ field: 'entry', description: 'is required' });
    refuseViolations(...entryViolations(entry), ...detailViolations(entry.details));
    const { tenant, actor, action, resource, details } = entry;
    const sequence = await audit.record({
      owner: namedOwner(principal, { tenant, what: 'entries of the installation' }),
      actor,
      action,
      resource,
      outcome: entry.outcome as AuditOutcome,
      details: { ...details, [RECORDED_BY]: principal.keyId },
      occurredAtMs: clock.wallMs(),
    });
    return { sequence };
  };

function entryViolations(entry: AuditEntryMessage): (FieldViolation | undefined)[] {
  const { tenant, actor, action, resource, outcome } = entry;
  return [
    checkTenant({ field: 'entry.tenant', value: tenant }),
    checkText({ field: 'entry.actor', value: actor, min: 1, max: 128 }),
    action.length <= 128 && ACTION.test(action)
      ? undefined
      : {
          field: 'entry.action',
          description:
            'must be like "connector.execute", at most 128 characters, and not one of this service',
        },
    checkText({ field: 'entry.resource', value: resource, min: 1, max: 512 }),
    AUDIT_OUTCOMES.some((known) => known === outcome)
      ? undefined
      : { field: 'entry.outcome', description: `must be one of ${AUDIT_OUTCOMES.join(', ')}` },
  ];
}

function detailViolations(details: Readonly<Record<string, string>>): (FieldViolation | undefined)[] {
  const entries = Object.entries(details);
  if (entries.length > MAX_DETAILS) {
    return [{ field: 'entry.details', description: `must have at most ${MAX_DETAILS} entries` }];
  }
  return entries.flatMap(([name, value]) => [
    /^[a-z][a-z0-9_.]{0,63}$/.test(name) && name !== RECORDED_BY
      ? undefined
      : { field: 'entry.details', description: `names must be like "purpose" and not "${RECORDED_BY}"` },
    checkText({ field: `entry.details[${name.slice(0, 64)}]`, value, min: 0, max: 2_048 }),
  ]);
}
