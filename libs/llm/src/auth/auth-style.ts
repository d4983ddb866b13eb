/** How a provider wants a key to be shown to it. */
export const AUTH_STYLES = [
  /** No key. */
  'none',
  /** `authorization: Bearer <key>` */
  'bearer',
  /** `x-api-key: <key>` */
  'x-api-key',
  /** `api-key: <key>` */
  'api-key',
  /** `x-goog-api-key: <key>` */
  'x-goog-api-key',
  /** A signature over each request, by AWS Signature Version 4. */
  'aws-sigv4',
  /** An access token of Google's, in exchange for a service account's key. */
  'google-oauth',
  /** An access token of Microsoft Entra ID, in exchange for an application's secret. */
  'entra-bearer',
] as const;

/** One of them. */
export type AuthStyle = (typeof AUTH_STYLES)[number];

/** Whether a word, such as `Provider.auth_style` or the catalog's, is a style that is known here. */
export function isAuthStyle(word: string): word is AuthStyle {
  return (AUTH_STYLES as readonly string[]).includes(word);
}
