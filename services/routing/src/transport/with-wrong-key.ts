import type { RequestAuthorization } from '@switchyard/llm';

/** Nobody gives out such a key. */
const WRONG_KEY = 'switchyard-checks-that-a-wrong-key-is-refused';

/** The headers of a key with one that is none in its place; undefined where there is no key, or it signs requests. */
export function withWrongKey(authorization: RequestAuthorization): RequestAuthorization | undefined {
  const { kind, secrets } = authorization;
  if (kind !== 'fixed' || secrets.length === 0) return undefined;
  const headers = Object.fromEntries(
    Object.entries(authorization.headers).map(([name, value]) => [
      name,
      secrets.reduce((text, secret) => text.replaceAll(secret, WRONG_KEY), value),
    ]),
  );
  const isReplaced = Object.values(headers).every((value) => value.includes(WRONG_KEY));
  return isReplaced ? { kind, headers, secrets: [WRONG_KEY] } : undefined;
}
