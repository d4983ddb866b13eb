import { err, ok, type Result } from '@switchyard/kernel';
import type { Authorization, KeyProblem } from '../authorization.ts';
import { readSecretFields } from '../secret-fields.ts';
import { type AwsScope, scopeOfHost } from './aws-scope.ts';
import { type AwsCredentials, signerOf } from './sign-v4.ts';

const FIELDS = {
  required: ['access_key_id', 'secret_access_key'],
  optional: ['session_token', 'region'],
  others: 'refused',
} as const;

const ACCESS_KEY_ID = /^\w{4,128}$/;
const ONE_WORD = /^[\x21-\x7e]+$/;

/**
 * A secret for AWS: `{"access_key_id", "secret_access_key", "session_token"?, "region"?}`. The region of an address at
 * amazonaws.com is the one in the address; for any other address the secret states it.
 */
export function readAwsKey({
  secret,
  host,
}: {
  readonly secret: string;
  readonly host: string;
}): Result<Authorization, KeyProblem> {
  const read = readSecretFields(secret, FIELDS);
  if (!read.ok) return read;
  const { access_key_id, secret_access_key, session_token, region } = read.value;
  if (!ACCESS_KEY_ID.test(access_key_id))
    return err({ description: 'access_key_id is no id of an access key' });
  if (!ONE_WORD.test(secret_access_key))
    return err({ description: 'secret_access_key must be printable ASCII without spaces' });
  if (session_token !== undefined && !ONE_WORD.test(session_token))
    return err({ description: 'session_token must be printable ASCII without spaces' });
  const scope = scopeOf(host, region);
  if (!scope.ok) return scope;
  const credentials = {
    accessKeyId: access_key_id,
    secretAccessKey: secret_access_key,
    sessionToken: session_token,
  };
  return ok({ kind: 'signed', sign: signerOf(credentials, scope.value), secrets: secretsOf(credentials) });
}

function scopeOf(host: string, region: string | undefined): Result<AwsScope, KeyProblem> {
  const known = scopeOfHost(host);
  if (known !== undefined) return ok(known);
  if (region === undefined)
    return err({ description: "region is missing: the provider's address does not tell it" });
  if (!/^[a-z0-9-]{1,64}$/.test(region)) return err({ description: 'region is no region of AWS' });
  return ok({ region, service: 'bedrock' });
}

/** The id is none, but providers quote it next to the rest. */
function secretsOf({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials): string[] {
  const parts = [secretAccessKey, accessKeyId, ...(sessionToken === undefined ? [] : [sessionToken])];
  return parts.toSorted((a, b) => b.length - a.length);
}
