import type { ReadSecretRequest, ReadSecretResponse } from '@switchyard/contracts/credential';
import type { CallContext } from '@switchyard/service-kit';
import { loadSecret } from '../adapters/load-secret.ts';
import { type Envelope, open } from '../domain/envelope.ts';
import { checkSecretId, checkTenant, checkText } from '../domain/field-checks.ts';
import { type SecretRecord, secretIdentity } from '../domain/secret.ts';
import { refuseViolations, secretNotFound, secretUnreadable } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { type Attempt, allowedEntry, auditRefusals } from './audit-refusals.ts';
import { encodeSecret } from './encode-secret.ts';
import { secretOwner } from './secret-owner.ts';

/** Gives the value of a secret. The audit entry is committed before the value is decrypted: no entry, no value. */
export const readSecret =
  (context: CredentialContext) =>
  async (request: ReadSecretRequest, call: CallContext): Promise<ReadSecretResponse> => {
    const { id, tenant, purpose } = request;
    refuseViolations(
      checkSecretId(id),
      checkTenant({ field: 'tenant', value: tenant }),
      checkText({ field: 'purpose', value: purpose, min: 0, max: 256 }),
    );
    const attempt = { action: 'secret.read', resource: `secret:${id}` };
    const owner = await secretOwner(context, call, { ...attempt, tenant });
    return auditRefusals(context, call, {
      attempt: { ...attempt, owner },
      run: () => read(context, call, { ...attempt, owner, id, purpose }),
    });
  };

async function read(
  context: CredentialContext,
  call: CallContext,
  { id, purpose, ...attempt }: Attempt & { id: string; purpose: string },
): Promise<ReadSecretResponse> {
  const { postgres, audit, events, secretTtlSeconds } = context;
  const { owner } = attempt;
  const found = await postgres.asTenant(owner, (transaction) => loadSecret({ transaction, owner, id }));
  if (found === undefined) {
    events.secretRead('not_found');
    throw secretNotFound();
  }
  const details = { purpose, version: String(found.secret.version) };
  await audit.record(allowedEntry(context, call, { ...attempt, details }));
  const value = decrypt(context, found);
  events.secretRead('allowed');
  // grpc-js copies the value into its frame in the turn of the event loop in which this call is answered.
  setImmediate(() => value.fill(0));
  return { secret: encodeSecret(found.secret), value, ttlSeconds: secretTtlSeconds };
}

function decrypt(
  { keyring, events, log }: CredentialContext,
  { secret, envelope }: { secret: SecretRecord; envelope: Envelope },
): Buffer {
  const value = open({ envelope, identity: secretIdentity(secret), keyring });
  if (value.ok) return value.value;
  const { owner, id, version } = secret;
  events.secretRead('unreadable');
  log.error(
    { owner, id, version: String(version), kek: envelope.kekId, failure: value.error },
    'a stored secret does not open',
  );
  throw secretUnreadable(value.error);
}
