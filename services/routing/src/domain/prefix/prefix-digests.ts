import { createHash } from 'node:crypto';
import { type CompleteRequest, Part, Tool } from '@switchyard/contracts/routing';

/** The beginning of a request's input, up to some byte. */
export interface Prefix {
  readonly bytes: number;
  /** SHA-256 of the tenant and those bytes, base64. */
  readonly digest: string;
}

/** The beginnings of a request's input. */
export interface Prefixes {
  /** Shortest first. */
  readonly prefixes: readonly Prefix[];
  /** Bytes of the whole input. */
  readonly totalBytes: number;
}

/** About the 1,024 tokens below which OpenAI, Anthropic and Google keep nothing. */
const SHORTEST_BYTES = 4_096;
/** Up to about 200,000 tokens: each is half as long again as the one before, or a third. */
const LENGTHS = Array.from({ length: 9 }, (_, i) => SHORTEST_BYTES * 2 ** i).flatMap((bytes) => [
  bytes,
  bytes * 1.5,
]);

/**
 * Names the beginnings of what a model is given, in the order in which providers put it together: tools, then messages. Requests of a
 * tenant that begin alike have the same names up to there, whatever the end of the last text is. Undefined where there is sound,
 * or a picture or a document: how many tokens they are cannot be told from their bytes.
 */
export function prefixesOf(tenant: string, { tools, messages }: CompleteRequest): Prefixes | undefined {
  const digester = new Digester(tenant);
  for (const tool of tools) digester.add(Tool.encode(tool).finish());
  for (const { role, parts } of messages) {
    digester.add(Buffer.from([role]));
    for (const part of parts) {
      const kind = part.content?.$case;
      if (kind === 'image' || kind === 'audio' || kind === 'file') return undefined;
      digester.add(kind === 'text' ? Buffer.from(part.content?.value as string) : Part.encode(part).finish());
    }
  }
  return digester;
}

class Digester implements Prefixes {
  readonly prefixes: Prefix[] = [];
  totalBytes = 0;
  readonly #hash;

  constructor(tenant: string) {
    this.#hash = createHash('sha256').update(tenant).update('\0');
  }

  add(bytes: Uint8Array): void {
    let from = 0;
    for (;;) {
      const length = LENGTHS[this.prefixes.length];
      if (length === undefined || this.totalBytes + bytes.length - from < length) break;
      const end = from + length - this.totalBytes;
      this.#hash.update(bytes.subarray(from, end));
      this.prefixes.push({ bytes: length, digest: this.#hash.copy().digest('base64') });
      this.totalBytes = length;
      from = end;
    }
    if (this.prefixes.length < LENGTHS.length) this.#hash.update(bytes.subarray(from));
    this.totalBytes += bytes.length - from;
  }
}
