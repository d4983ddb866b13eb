import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import { err, ok, type Result } from '@switchyard/kernel';
import type { Authorization, KeyProblem } from '../authorization.ts';
import { readSecretFields } from '../secret-fields.ts';
import { grantId, parseTokenUrl } from './token-grant.ts';

const FIELDS = {
  required: ['client_email', 'private_key'],
  optional: ['private_key_id', 'token_uri'],
  others: 'left out',
} as const;

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Google's most. */
const LIFE_SECONDS = 3_600;

/**
 * A service account's key, as Google hands it out: a JSON file with `client_email`, `private_key` and more. A token is asked
 * for by a JWT that the key signs.
 *
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 */
export function readGoogleKey(secret: string): Result<Authorization, KeyProblem> {
  const read = readSecretFields(secret, FIELDS);
  if (!read.ok) return read;
  const { client_email, private_key, private_key_id, token_uri = TOKEN_URL } = read.value;
  const tokenUrl = parseTokenUrl(token_uri);
  if (tokenUrl === undefined) return err({ description: 'token_uri is no https URL' });
  const key = rsaKeyOf(private_key);
  if (key === undefined) return err({ description: 'private_key is no RSA key in PEM' });
  const sign = (wallMs: number) =>
    signedJwt(key, {
      header: { alg: 'RS256', typ: 'JWT', kid: private_key_id },
      claims: { iss: client_email, scope: SCOPE, aud: token_uri, ...lifeFrom(wallMs) },
    });
  const grant = {
    id: grantId('google', secret),
    tokenUrl,
    form: (wallMs: number) =>
      new URLSearchParams({ grant_type: GRANT_TYPE, assertion: sign(wallMs) }).toString(),
  };
  return ok({ kind: 'token', grant, secrets: [private_key] });
}

function lifeFrom(wallMs: number) {
  const iat = Math.floor(wallMs / 1_000);
  return { iat, exp: iat + LIFE_SECONDS };
}

function signedJwt(key: KeyObject, { header, claims }: { header: object; claims: object }): string {
  const encoded = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const text = encoded.join('.');
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

function rsaKeyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}
