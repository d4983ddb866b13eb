import { err, ok, type Result, unreachable } from '@switchyard/kernel';
import type { AuthStyle } from './auth-style.ts';
import { type Authorization, type KeyProblem, NO_AUTHORIZATION } from './authorization.ts';
import { readAwsKey } from './aws/aws-key.ts';
import { readEntraKey } from './oauth/entra-client.ts';
import { readGoogleKey } from './oauth/google-service-account.ts';

/** A secret, and where and how it is to be shown. */
export interface KeySource {
  readonly style: AuthStyle;
  /** As the credential service keeps it. */
  readonly secret: string;
  /** Host of the provider's base URL. */
  readonly host: string;
}

/** What can stand in a header. */
const HEADER_VALUE = /^[\t\x20-\x7e]+$/;

/** Reads a secret once, so that showing it costs as little as it can with each request. */
export function readKey(source: KeySource): Result<Authorization, KeyProblem> {
  const { style, secret } = source;
  switch (style) {
    case 'none':
      return ok(NO_AUTHORIZATION);
    case 'bearer':
      return inHeader(secret, 'authorization', `Bearer ${secret}`);
    case 'x-api-key':
    case 'api-key':
    case 'x-goog-api-key':
      return inHeader(secret, style, secret);
    case 'aws-sigv4':
      return readAwsKey(source);
    case 'google-oauth':
      return readGoogleKey(secret);
    case 'entra-bearer':
      return readEntraKey(secret);
    default:
      return unreachable(style);
  }
}

function inHeader(secret: string, name: string, value: string): Result<Authorization, KeyProblem> {
  if (!HEADER_VALUE.test(secret))
    return err({ description: 'it must be one line of printable ASCII to be sent as a key' });
  return ok(Object.freeze({ kind: 'fixed', headers: Object.freeze({ [name]: value }), secrets: [secret] }));
}
