import { err, ok, type Result, unreachable } from '@switchyard/kernel';
import type { AuthType } from './connector.ts';

/** A credential as it is used. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'api_key'; readonly key: string };

export const NO_CREDENTIAL: Credential = { kind: 'none' };

/**
 * Reads a secret's value as the credential that a connector needs. Basic is `user:password`, parted at the first colon.
 *
 * @returns the credential, or what is wrong with the value, without a part of it
 */
export function parseCredential(authType: AuthType, value: Uint8Array): Result<Credential, string> {
  if (authType === 'none') return ok(NO_CREDENTIAL);
  const text = readText(value);
  if (text === undefined) return err('it is empty, not UTF-8, or has control characters (a line end?)');
  switch (authType) {
    case 'basic': {
      const colon = text.indexOf(':');
      if (colon < 1 || colon === text.length - 1) return err('it must be user:password');
      return ok({ kind: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) });
    }
    case 'bearer':
      return isHeaderValue(text) ? ok({ kind: 'bearer', token: text }) : err('a header cannot carry it');
    case 'api_key':
      return isHeaderValue(text) ? ok({ kind: 'api_key', key: text }) : err('a header cannot carry it');
    default:
      return unreachable(authType);
  }
}

/** The headers that present a credential to an API. */
export function credentialHeaders(credential: Credential, apiKeyHeader: string): Record<string, string> {
  switch (credential.kind) {
    case 'none':
      return {};
    case 'basic':
      return { authorization: `Basic ${basicToken(credential)}` };
    case 'bearer':
      return { authorization: `Bearer ${credential.token}` };
    case 'api_key':
      return { [apiKeyHeader]: credential.key };
    default:
      return unreachable(credential);
  }
}

/** RFC 7617 §2, UTF-8. */
export function basicToken({ user, password }: { user: string; password: string }): string {
  return Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
}

function readText(value: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    return text === '' || /\p{Cc}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function isHeaderValue(text: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}
