/** Bytes of UTF-8 that make one token. */
const BYTES_PER_TOKEN = 4;

/** A stretch of text and how many tokens it stands for. */
export interface TextChunk {
  readonly text: string;
  readonly tokens: number;
}

/** The simulator's tokenisation: one token per started 4 bytes of UTF-8. The empty text has none. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** The longest beginning of a text with at most this many tokens; characters stay whole. */
export function truncateToTokens(text: string, maxTokens: number): string {
  const maxBytes = maxTokens * BYTES_PER_TOKEN;
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return text.slice(0, endWithin({ text, start: 0, startByte: 0, maxByte: maxBytes }).end);
}

/**
 * Cuts a text into chunks of this many tokens, the last one shorter. Characters stay whole: a chunk that would
 * end inside one ends before it. The chunks' tokens add up to `countTokens(text)`.
 */
export function splitIntoChunks(text: string, tokensPerChunk: number): TextChunk[] {
  const bytes = Buffer.byteLength(text);
  const step = tokensPerChunk * BYTES_PER_TOKEN;
  if (bytes <= step) return text === '' ? [] : [{ text, tokens: Math.ceil(bytes / BYTES_PER_TOKEN) }];
  const chunks: TextChunk[] = [];
  let start = 0;
  let startByte = 0;
  for (let byte = 0; byte < bytes; byte += step) {
    const { end, endByte } = endWithin({ text, start, startByte, maxByte: Math.min(byte + step, bytes) });
    const tokens = Math.min(tokensPerChunk, Math.ceil((bytes - byte) / BYTES_PER_TOKEN));
    chunks.push({ text: text.slice(start, end), tokens });
    start = end;
    startByte = endByte;
  }
  return chunks;
}

/** Walks from a known place to the last character that ends at or before `maxByte`. */
function endWithin(from: { text: string; start: number; startByte: number; maxByte: number }): {
  end: number;
  endByte: number;
} {
  let end = from.start;
  let endByte = from.startByte;
  while (end < from.text.length) {
    const codePoint = from.text.codePointAt(end) as number;
    const bytes = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    if (endByte + bytes > from.maxByte) break;
    endByte += bytes;
    end += codePoint > 0xffff ? 2 : 1;
  }
  return { end, endByte };
}
