import { err, ok, type Result } from '@switchyard/kernel';
import type { Authorization, KeyProblem } from '../authorization.ts';
import { readSecretFields } from '../secret-fields.ts';
import { grantId, parseTokenUrl } from './token-grant.ts';

const FIELDS = {
  required: ['tenant_id', 'client_id', 'client_secret'],
  optional: ['authority_host'],
  others: 'refused',
} as const;

const AUTHORITY = 'https://login.microsoftonline.com';
const SCOPE = 'https://cognitiveservices.azure.com/.default';

/**
 * An application registered at Microsoft Entra ID: `{"tenant_id", "client_id", "client_secret", "authority_host"?}`, the last for
 * national clouds.
 *
 * Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function readEntraKey(secret: string): Result<Authorization, KeyProblem> {
  const read = readSecretFields(secret, FIELDS);
  if (!read.ok) return read;
  const { tenant_id, client_id, client_secret, authority_host = AUTHORITY } = read.value;
  if (!/^[\w.-]{1,128}$/.test(tenant_id)) return err({ description: 'tenant_id is no id of a tenant' });
  const tokenUrl = parseTokenUrl(`${authority_host.replace(/\/+$/, '')}/${tenant_id}/oauth2/v2.0/token`);
  if (tokenUrl === undefined) return err({ description: 'authority_host is no https URL' });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id,
    client_secret,
    scope: SCOPE,
  }).toString();
  const grant = { id: grantId('entra', secret), tokenUrl, form: () => form };
  return ok({ kind: 'token', grant, secrets: [client_secret] });
}
