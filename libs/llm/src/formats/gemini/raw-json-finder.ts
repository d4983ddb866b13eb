import { isObject, type JsonObject, parseJson } from '../json.ts';

const LF = 0x0a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
/** Google's errors are a few kilobytes long. */
const MAX_RAW_BYTES = 32_768;
const CLOSED = /[}\]]\s*$/;
const BLANK = /^\s*$/;

/**
 * Finds JSON that stands in a stream bare, outside of any event: this is how the API reports a failure after it has
 * begun to answer. Such a line is no field of an event stream, and a parser of those would skip it.
 */
export class RawJsonFinder {
  #atLineStart = true;
  #found: Buffer[] | undefined;
  #bytes = 0;
  /** The last byte that is no space closes something. */
  #mayBeWhole = false;

  /** Whether bare JSON has begun. */
  get found(): boolean {
    return this.#found !== undefined;
  }

  /** Takes bytes, and gives those before the bare JSON; all of them where there is none. */
  take(chunk: Uint8Array): Uint8Array {
    const from = this.#found === undefined ? this.#find(chunk) : 0;
    if (from === -1) return chunk;
    this.#found ??= [];
    const rest = Buffer.from(chunk.subarray(from, from + MAX_RAW_BYTES - this.#bytes));
    this.#found.push(rest);
    this.#bytes += rest.length;
    const text = rest.toString('latin1');
    if (!BLANK.test(text)) this.#mayBeWhole = CLOSED.test(text.slice(-64));
    return chunk.subarray(0, from);
  }

  /**
   * The object that the bare JSON is, or holds as its first element; `incomplete` while more may come; `undefined` where
   * it is none.
   */
  value(more: 'may_come' | 'ended'): JsonObject | 'incomplete' | undefined {
    const isFull = this.#bytes >= MAX_RAW_BYTES;
    // Not parsed after every chunk, so that many small ones cost linear time.
    if (more === 'may_come' && !this.#mayBeWhole && !isFull) return 'incomplete';
    const value = parseJson(Buffer.concat(this.#found ?? []).toString('utf8'));
    const first = Array.isArray(value) ? value[0] : value;
    if (isObject(first)) return first;
    return more === 'may_come' && !isFull ? 'incomplete' : undefined;
  }

  /** Where in the chunk a line begins with an object or an array; -1 for nowhere. */
  #find(chunk: Uint8Array): number {
    for (let at = this.#atLineStart ? 0 : nextLine(chunk, 0); at < chunk.length; at = nextLine(chunk, at)) {
      if (chunk[at] === OPEN_BRACE || chunk[at] === OPEN_BRACKET) return at;
    }
    if (chunk.length > 0) this.#atLineStart = chunk.at(-1) === LF;
    return -1;
  }
}

/** Where the next line begins; the length where none does. */
function nextLine(chunk: Uint8Array, from: number): number {
  const lineEnd = chunk.indexOf(LF, from);
  return lineEnd === -1 ? chunk.length : lineEnd + 1;
}
