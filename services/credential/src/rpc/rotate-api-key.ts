import type { RotateApiKeyRequest, RotateApiKeyResponse } from '@switchyard/contracts/credential';
import { apiKeyDigest, newApiKey, uuidV7 } from '@switchyard/kernel';
import { actingTenant, type CallContext, type Transaction, traceparentOf } from '@switchyard/service-kit';
import { appendAuditEntries } from '../adapters/append-audit-entries.ts';
import { endApiKey } from '../adapters/end-api-key.ts';
import { enqueueEvent } from '../adapters/enqueue-event.ts';
import { insertApiKey } from '../adapters/insert-api-key.ts';
import { lockApiKey } from '../adapters/lock-api-key.ts';
import { apiKeyChanged } from '../bus/credential-changed.ts';
import {
  type ApiKeyRecord,
  isLive,
  MAX_OVERLAP_SECONDS,
  PREFIX_CHARS,
  rotationTimes,
} from '../domain/api-key.ts';
import { checkKeyId, checkRange, checkTenant } from '../domain/field-checks.ts';
import { apiKeyEnded, apiKeyNotFound, refuseViolations, serviceKeyNotRotatable } from '../errors.ts';
import type { CredentialContext, OutboxEvent } from '../ports.ts';
import { allowedEntry, auditRefusals } from './audit-refusals.ts';
import { ownerOfCaller } from './caller-owner.ts';
import { encodeApiKey } from './encode-api-key.ts';
import { inKeyScope } from './key-scope.ts';
import { requireGrant } from './require-grant.ts';

/** Makes a successor of a key. The old one goes on for the overlap, whose end everyone learns who caches it. */
export const rotateApiKey =
  (context: CredentialContext) =>
  async (request: RotateApiKeyRequest, call: CallContext): Promise<RotateApiKeyResponse> => {
    const { id, tenant: named, overlapSeconds } = request;
    refuseViolations(
      checkKeyId(id),
      checkTenant({ field: 'tenant', value: named }),
      checkRange({ field: 'overlap_seconds', value: overlapSeconds, min: 0, max: MAX_OVERLAP_SECONDS }),
    );
    const { principal } = call;
    const attempt = { action: 'api_key.rotate', resource: `api_key:${id}`, owner: ownerOfCaller(principal) };
    const secret = newApiKey();
    const { old, successor, event } = await auditRefusals(context, call, {
      attempt,
      run: () => {
        const tenant = actingTenant(principal, named);
        return inKeyScope(context, principal, {
          tenant,
          run: async (transaction) =>
            replace(context, call, {
              transaction,
              old: await lockApiKey(transaction, { id, tenant }),
              request,
              secret,
            }),
        });
      },
    });
    context.forgetKey(old.digest);
    context.publish(event);
    context.events.keyChanged('rotated');
    return { apiKey: encodeApiKey(successor), secret };
  };

async function replace(
  context: CredentialContext,
  call: CallContext,
  input: {
    transaction: Transaction;
    old: ApiKeyRecord | undefined;
    request: RotateApiKeyRequest;
    secret: string;
  },
): Promise<{ old: ApiKeyRecord; successor: ApiKeyRecord; event: OutboxEvent }> {
  const { transaction, old, request, secret } = input;
  const nowMs = context.clock.wallMs();
  requireRotatable(call, old, nowMs);
  const times = rotationTimes(old, { nowMs, overlapMs: request.overlapSeconds * 1_000 });
  const successor: ApiKeyRecord = {
    ...old,
    id: uuidV7(nowMs),
    prefix: secret.slice(0, PREFIX_CHARS),
    digest: apiKeyDigest(secret),
    createdAtMs: nowMs,
    expiresAtMs: times.successorExpiresAtMs,
  };
  await endApiKey(transaction, { id: old.id, ...times.old });
  await insertApiKey(transaction, successor);
  const event = apiKeyChanged(old, { event: 'rotated', traceparent: traceparentOf(call.span), nowMs });
  await enqueueEvent(transaction, event);
  const details = { successor: successor.id, overlap_seconds: String(request.overlapSeconds) };
  const attempt = { action: 'api_key.rotate', resource: `api_key:${old.id}`, owner: old.owner, details };
  await appendAuditEntries(transaction, [allowedEntry(context, call, attempt)]);
  return { old, successor, event };
}

/** Whoever rotates a key gets one like it: so the rules of making one hold. */
function requireRotatable(
  { principal }: CallContext,
  key: ApiKeyRecord | undefined,
  nowMs: number,
): asserts key is ApiKeyRecord {
  if (key === undefined) throw apiKeyNotFound();
  if (key.role === 'service') throw serviceKeyNotRotatable();
  requireGrant(principal, key);
  if (!isLive(key, nowMs)) throw apiKeyEnded();
}
