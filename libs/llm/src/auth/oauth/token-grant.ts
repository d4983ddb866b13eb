import { createHash } from 'node:crypto';

/** How an access token is asked for: by an HTTP POST of a form (OAuth 2.0, RFC 6749 §4). */
export interface TokenGrant {
  /** The same for the same secret, so that providers that share it share its token; tells nothing of it. */
  readonly id: string;
  /** Where tokens are given out. */
  readonly tokenUrl: URL;
  /** The form, as it must be at this wall time (ms since 1970). */
  form(wallMs: number): string;
}

/** The id of a grant by its recipe and secret. */
export const grantId = (recipe: string, secret: string): string =>
  createHash('sha256').update(`${recipe}\n${secret}`).digest('base64url');

/** The URL that a text is; `undefined` where no token can be asked for there. */
export function parseTokenUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  return url.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}
