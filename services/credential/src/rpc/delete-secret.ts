import type { DeleteSecretRequest, DeleteSecretResponse } from '@switchyard/contracts/credential';
import { type CallContext, traceparentOf } from '@switchyard/service-kit';
import { appendAuditEntries } from '../adapters/append-audit-entries.ts';
import { deleteSecret as remove } from '../adapters/delete-secret.ts';
import { enqueueEvent } from '../adapters/enqueue-event.ts';
import { secretChanged } from '../bus/credential-changed.ts';
import { checkSecretId, checkTenant } from '../domain/field-checks.ts';
import { refuseViolations, secretNotFound } from '../errors.ts';
import type { CredentialContext, OutboxEvent } from '../ports.ts';
import { type Attempt, allowedEntry, auditRefusals } from './audit-refusals.ts';
import { secretOwner } from './secret-owner.ts';

/** Removes a secret, together with its audit entry and its event. */
export const deleteSecret =
  (context: CredentialContext) =>
  async (request: DeleteSecretRequest, call: CallContext): Promise<DeleteSecretResponse> => {
    const { id, tenant } = request;
    refuseViolations(checkSecretId(id), checkTenant({ field: 'tenant', value: tenant }));
    const attempt = { action: 'secret.delete', resource: `secret:${id}` };
    const owner = await secretOwner(context, call, { ...attempt, tenant });
    const event = await auditRefusals(context, call, {
      attempt: { ...attempt, owner },
      run: () => removeAndTell(context, call, { ...attempt, owner, id }),
    });
    context.publish(event);
    context.events.secretChanged('deleted');
    return {};
  };

function removeAndTell(
  context: CredentialContext,
  call: CallContext,
  { id, ...attempt }: Attempt & { id: string },
): Promise<OutboxEvent> {
  const { owner } = attempt;
  const nowMs = context.clock.wallMs();
  return context.postgres.asTenant(owner, async (transaction) => {
    const version = await remove({ transaction, owner, id, nowMs });
    if (version === undefined) throw secretNotFound();
    const change = { event: 'revoked', traceparent: traceparentOf(call.span), nowMs } as const;
    const event = secretChanged({ owner, id, version }, change);
    await enqueueEvent(transaction, event);
    await appendAuditEntries(transaction, [allowedEntry(context, call, { ...attempt, details: {} })]);
    return event;
  });
}
