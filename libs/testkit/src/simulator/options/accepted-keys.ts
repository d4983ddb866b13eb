import { hash } from 'node:crypto';

/** Which API keys a provider accepts; holds digests, never a key. */
export interface AcceptedKeys {
  accepts(key: string): boolean;
}

/** @param apiKeys Undefined: any non-empty key. */
export function acceptedKeys(apiKeys: readonly string[] | undefined): AcceptedKeys {
  if (apiKeys === undefined) return { accepts: (key) => key !== '' };
  const digests = new Set(apiKeys.map(digest));
  return { accepts: (key) => digests.has(digest(key)) };
}

/** Looking a SHA-256 digest up leaks nothing about the key by its timing. */
function digest(key: string): string {
  return hash('sha256', key, 'base64');
}
