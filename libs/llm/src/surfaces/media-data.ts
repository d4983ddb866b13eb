import type { Media } from '@switchyard/contracts/routing';

/** Most bytes of one picture, sound or document. */
const MAX_MEDIA_BYTES = 20 * 1024 * 1024;
/** Base64 of it, with room for the head of a data URL. */
export const MAX_MEDIA_CHARACTERS = Math.ceil(MAX_MEDIA_BYTES / 3) * 4 + 256;
/** Longest URL of one. */
export const MAX_URL_CHARACTERS = 8192;
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,/;

/** What a data URL holds; `undefined` where it is none, empty, or too large. */
export function mediaOfDataUrl(url: string): Media | undefined {
  const head = DATA_URL.exec(url.slice(0, 256));
  const data = head === null ? undefined : bytesOfBase64(url.slice(head[0].length));
  if (data === undefined) return undefined;
  return { source: { $case: 'data', value: data }, mediaType: head?.[1] ?? '', detail: '', filename: '' };
}

/** `undefined` for what is not base64, empty, or too large. */
export function bytesOfBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is not base64, so less comes out than the length promises.
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const expected = Math.floor(((text.length - padding) * 3) / 4);
  return bytes.length === expected && expected > 0 && expected <= MAX_MEDIA_BYTES ? bytes : undefined;
}
