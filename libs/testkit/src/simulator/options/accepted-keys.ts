import { hash } from 'node:crypto';

/** Which API keys a provider accepts; holds digests, and secrets only of keys that sign. */
export interface AcceptedKeys {
  accepts(key: string): boolean;
  /** The secret of a key that signs; `any` where every key is accepted, undefined where this one is not. */
  secretOf(keyId: string): { readonly secret: string } | 'any' | undefined;
}

/** `<access key id>:<secret access key>` */
const SIGNING_KEY = /^(A[A-Z0-9]{15,127}):(\S+)$/;

/** @param apiKeys Undefined: any non-empty key. */
export function acceptedKeys(apiKeys: readonly string[] | undefined): AcceptedKeys {
  if (apiKeys === undefined) return { accepts: (key) => key !== '', secretOf: () => 'any' };
  const digests = new Set(apiKeys.map(digest));
  const signing = new Map(
    apiKeys.flatMap((key) => {
      const [, id, secret] = SIGNING_KEY.exec(key) ?? [];
      return id === undefined || secret === undefined ? [] : [[id, { secret }] as const];
    }),
  );
  return { accepts: (key) => digests.has(digest(key)), secretOf: (keyId) => signing.get(keyId) };
}

/** Looking a SHA-256 digest up leaks nothing about the key by its timing. */
function digest(key: string): string {
  return hash('sha256', key, 'base64');
}
