import { ServiceError } from '@switchyard/kernel';
import type { CallContext } from '@switchyard/service-kit';
import type { AuditOutcome, AuditRecord } from '../domain/audit-entry.ts';
import type { CredentialContext } from '../ports.ts';

/** What a call tries, as the audit log has it. */
export interface Attempt {
  /** Whom it concerns. */
  readonly owner: string;
  readonly action: string;
  readonly resource: string;
}

/** The entry of an attempt that succeeded. */
export function allowedEntry(
  { clock }: CredentialContext,
  { principal }: CallContext,
  { details, ...attempt }: Attempt & { readonly details: Readonly<Record<string, string>> },
): AuditRecord {
  return { ...attempt, actor: principal.keyId, outcome: 'allowed', details, occurredAtMs: clock.wallMs() };
}

/**
 * Runs a part of a call; what it refuses is written to the audit log before it is thrown on. Nothing was given away, so a
 * log that cannot be written does not change the answer.
 */
export async function auditRefusals<T>(
  context: CredentialContext,
  call: CallContext,
  { attempt, run }: { attempt: Attempt; run: () => T | Promise<T> },
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const outcome = error instanceof ServiceError ? outcomeOf(error) : undefined;
    if (outcome !== undefined)
      await note(context, call, { ...attempt, outcome, error: error as ServiceError });
    throw error;
  }
}

/** `undefined` for what says nothing of the attempt: the service itself could not do it. */
function outcomeOf({ code, reason }: ServiceError): AuditOutcome | undefined {
  switch (code) {
    case 'PERMISSION_DENIED':
    case 'INVALID_ARGUMENT':
      return 'denied';
    case 'NOT_FOUND':
      return reason === 'TENANT_NOT_FOUND' ? 'denied' : 'failed';
    case 'FAILED_PRECONDITION':
    case 'DATA_LOSS':
      return 'failed';
    default:
      return undefined;
  }
}

async function note(
  { audit, clock, events, log }: CredentialContext,
  { principal }: CallContext,
  { error, ...refusal }: Attempt & { readonly outcome: AuditOutcome; readonly error: ServiceError },
): Promise<void> {
  if (refusal.outcome === 'denied') events.denied();
  const details = { reason: error.reason };
  const record = { ...refusal, actor: principal.keyId, details, occurredAtMs: clock.wallMs() };
  await audit
    .record(record)
    .catch((cause: unknown) =>
      log.error({ err: cause, record }, 'a refusal could not be written to the audit log'),
    );
}
