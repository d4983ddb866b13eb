import type { CallContext } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import { type Credential, NO_CREDENTIAL, parseCredential } from '../domain/credential.ts';
import { type Endpoint, originKey, parseOriginKey } from '../domain/endpoint.ts';
import { connectorError } from '../errors.ts';
import type { Audit, Secrets } from '../ports.ts';

interface Needed {
  readonly connector: Connector;
  readonly endpoint: Endpoint;
  readonly operation: string;
  readonly context: CallContext;
}

/**
 * The credential of a connector: the tenant's own secret, and only where it was made for the connector's origin.
 *
 * @throws CREDENTIAL_NOT_FOUND, CREDENTIAL_UNAVAILABLE, CREDENTIAL_NOT_FOR_ORIGIN, CREDENTIAL_MALFORMED
 */
export async function credentialOf(
  { secrets, audit }: { readonly secrets: Secrets; readonly audit: Audit },
  needed: Needed,
): Promise<Credential> {
  const { tenant, credentialRef, authType } = needed.connector;
  if (credentialRef === '') return NO_CREDENTIAL;
  const { value, allowedOrigins } = await secrets.read({ tenant, id: credentialRef });
  const origin = originKey(needed.endpoint);
  if (!allowedOrigins.some((allowed) => parseOriginKey(allowed) === origin)) {
    await denied(audit, needed);
    throw connectorError('CREDENTIAL_NOT_FOR_ORIGIN');
  }
  const credential = parseCredential(authType, value);
  if (!credential.ok) throw connectorError('CREDENTIAL_MALFORMED', { more: credential.error });
  return credential.value;
}

/** An attempt to send a secret elsewhere is worth an entry; nothing happens either way. */
async function denied(audit: Audit, { connector, operation, context }: Needed): Promise<void> {
  const record = {
    tenant: connector.tenant,
    actor: context.principal.keyId,
    action: 'connector.execute',
    connector: connector.id,
    outcome: 'denied',
    details: { operation, reason: 'CREDENTIAL_NOT_FOR_ORIGIN' },
  } as const;
  await audit.append(record).catch(() => undefined);
}
