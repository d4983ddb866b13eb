import type { PutSecretRequest, PutSecretResponse } from '@switchyard/contracts/credential';
import { type CallContext, traceparentOf } from '@switchyard/service-kit';
import { appendAuditEntries } from '../adapters/append-audit-entries.ts';
import { enqueueEvent } from '../adapters/enqueue-event.ts';
import { storeSecret } from '../adapters/store-secret.ts';
import { secretChanged } from '../bus/credential-changed.ts';
import { normalizeOrigins } from '../domain/allowed-origins.ts';
import { seal } from '../domain/envelope.ts';
import { checkBytes, checkSecretId, checkTenant } from '../domain/field-checks.ts';
import { MAX_SECRET_BYTES, secretIdentity } from '../domain/secret.ts';
import { refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { type Attempt, allowedEntry } from './audit-refusals.ts';
import { encodeSecret } from './encode-secret.ts';
import { secretOwner } from './secret-owner.ts';

/** Stores a secret, or a new version of it, together with its audit entry and its event. */
export const putSecret =
  (context: CredentialContext) =>
  async (request: PutSecretRequest, call: CallContext): Promise<PutSecretResponse> => {
    const { id, tenant, value } = request;
    const allowedOrigins = validate(request);
    const attempt = { action: 'secret.put', resource: `secret:${id}` };
    const owner = await secretOwner(context, call, { ...attempt, tenant });
    try {
      return await store(context, call, { ...attempt, owner, id, allowedOrigins, value });
    } finally {
      value.fill(0);
    }
  };

/** @returns the origins, normalised */
function validate({ id, tenant, value, allowedOrigins }: PutSecretRequest): readonly string[] {
  const origins = normalizeOrigins(allowedOrigins);
  refuseViolations(
    checkSecretId(id),
    checkTenant({ field: 'tenant', value: tenant }),
    checkBytes({ field: 'value', value, min: 1, max: MAX_SECRET_BYTES }),
    origins.ok ? undefined : origins.error,
  );
  return origins.ok ? origins.value : [];
}

async function store(
  context: CredentialContext,
  call: CallContext,
  input: Attempt & { id: string; allowedOrigins: readonly string[]; value: Buffer },
): Promise<PutSecretResponse> {
  const { postgres, keyring, clock, randomBytes } = context;
  const { owner, action, resource, id, allowedOrigins, value } = input;
  const nowMs = clock.wallMs();
  const { secret, event } = await postgres.asTenant(owner, async (transaction) => {
    const secret = await storeSecret({
      transaction,
      secret: { owner, id, allowedOrigins, updatedAtMs: nowMs },
      encrypt: (stored) =>
        seal({ plaintext: value, identity: secretIdentity(stored), keyring, random: randomBytes }),
    });
    const event = secretChanged(secret, { event: 'rotated', traceparent: traceparentOf(call.span), nowMs });
    await enqueueEvent(transaction, event);
    const details = { version: String(secret.version), allowed_origins: allowedOrigins.join(' ') };
    await appendAuditEntries(transaction, [
      allowedEntry(context, call, { owner, action, resource, details }),
    ]);
    return { secret, event };
  });
  context.publish(event);
  context.events.secretChanged('put');
  return { secret: encodeSecret(secret) };
}
