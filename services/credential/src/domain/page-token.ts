/** Page size where a request names none. */
export const DEFAULT_PAGE_SIZE = 100;
/** Largest page. */
export const MAX_PAGE_SIZE = 1_000;
const MAX_TOKEN_CHARS = 1_024;

/** Where a page ended, as opaque text. The parts are a position only: what a caller may see is decided anew on every page. */
export function encodePageToken(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
}

/** Reads back what {@link encodePageToken} wrote; undefined for anything that does not have so many parts. */
export function decodePageToken(token: string, parts: number): readonly string[] | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (!Array.isArray(read) || read.length !== parts) return undefined;
    return read.every((part): part is string => typeof part === 'string') ? read : undefined;
  } catch {
    return undefined;
  }
}
