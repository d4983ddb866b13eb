import type { RevokeApiKeyRequest, RevokeApiKeyResponse } from '@switchyard/contracts/credential';
import { actingTenant, type CallContext, type Transaction, traceparentOf } from '@switchyard/service-kit';
import { appendAuditEntries } from '../adapters/append-audit-entries.ts';
import { endApiKey } from '../adapters/end-api-key.ts';
import { enqueueEvent } from '../adapters/enqueue-event.ts';
import { lockApiKey } from '../adapters/lock-api-key.ts';
import { apiKeyChanged } from '../bus/credential-changed.ts';
import type { ApiKeyRecord } from '../domain/api-key.ts';
import { checkKeyId, checkTenant } from '../domain/field-checks.ts';
import { apiKeyNotFound, refuseViolations } from '../errors.ts';
import type { CredentialContext, OutboxEvent } from '../ports.ts';
import { allowedEntry, auditRefusals } from './audit-refusals.ts';
import { ownerOfCaller } from './caller-owner.ts';
import { encodeApiKey } from './encode-api-key.ts';
import { inKeyScope } from './key-scope.ts';

/** Ends a key: here before this answers, everywhere by the event. Again is allowed, and sends the event again. */
export const revokeApiKey =
  (context: CredentialContext) =>
  async (request: RevokeApiKeyRequest, call: CallContext): Promise<RevokeApiKeyResponse> => {
    const { id, tenant: named } = request;
    refuseViolations(checkKeyId(id), checkTenant({ field: 'tenant', value: named }));
    const { principal } = call;
    const attempt = { action: 'api_key.revoke', resource: `api_key:${id}`, owner: ownerOfCaller(principal) };
    const { key, event } = await auditRefusals(context, call, {
      attempt,
      run: () => {
        const tenant = actingTenant(principal, named);
        return inKeyScope(context, principal, {
          tenant,
          run: async (transaction) =>
            revoke(context, call, { transaction, key: await lockApiKey(transaction, { id, tenant }) }),
        });
      },
    });
    context.forgetKey(key.digest);
    context.publish(event);
    context.events.keyChanged('revoked');
    return { apiKey: encodeApiKey(key) };
  };

async function revoke(
  context: CredentialContext,
  call: CallContext,
  { transaction, key }: { transaction: Transaction; key: ApiKeyRecord | undefined },
): Promise<{ key: ApiKeyRecord; event: OutboxEvent }> {
  if (key === undefined) throw apiKeyNotFound();
  const nowMs = context.clock.wallMs();
  const revoked = { ...key, revokedAtMs: key.revokedAtMs ?? nowMs };
  await endApiKey(transaction, revoked);
  const event = apiKeyChanged(key, { event: 'revoked', traceparent: traceparentOf(call.span), nowMs });
  await enqueueEvent(transaction, event);
  const attempt = { action: 'api_key.revoke', resource: `api_key:${key.id}`, owner: key.owner, details: {} };
  await appendAuditEntries(transaction, [allowedEntry(context, call, attempt)]);
  return { key: revoked, event };
}
