import { asBuffer, type EventListener, type Framing, type FramingOptions } from './framing.ts';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const DATA = Buffer.from('data');
const EVENT = Buffer.from('event');

/**
 * Incremental parser of an event stream, by the rules of the WHATWG HTML standard §9.2.6: LF, CR and CRLF end lines,
 * lines of `data` are joined, comments and unknown fields are skipped, an event without data is none, and what is not
 * followed by an empty line never becomes an event. `id` and `retry` are for reconnecting and are skipped.
 *
 * Lines are cut out of the bytes and decoded whole, so that a chunk may end inside a UTF-8 sequence.
 */
export class SseParser implements Framing {
  readonly #listener: EventListener;
  readonly #maxEventBytes: number;
  /** Pieces of a line whose end has not come: joined once, so that a long line in small chunks costs linear time. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  #type = '';
  #data: string | undefined;
  #eventBytes = 0;
  #atStart = true;
  /** The last chunk ended in CR: an LF that begins the next one belongs to it. */
  #afterCr = false;

  constructor({ listener, maxEventBytes }: FramingOptions) {
    this.#listener = listener;
    this.#maxEventBytes = maxEventBytes;
  }

  push(chunk: Uint8Array): 'ok' | 'too_long' {
    const bytes = asBuffer(chunk);
    if (bytes.length === 0) return 'ok';
    let from = this.#afterCr && bytes[0] === LF ? 1 : 0;
    this.#afterCr = false;
    let cr = bytes.indexOf(CR, from);
    let lf = bytes.indexOf(LF, from);
    while (lf !== -1 || cr !== -1) {
      const byCr = cr !== -1 && (lf === -1 || cr < lf);
      const to = byCr ? cr : lf;
      this.#endLine(bytes, from, to);
      if (this.#eventBytes > this.#maxEventBytes) return 'too_long';
      from = to + 1;
      if (byCr) {
        this.#afterCr = from === bytes.length;
        if (bytes[from] === LF) from += 1;
        cr = bytes.indexOf(CR, from);
      }
      if (lf !== -1 && lf < from) lf = bytes.indexOf(LF, from);
    }
    return this.#keep(bytes.subarray(from));
  }

  #keep(rest: Buffer): 'ok' | 'too_long' {
    if (rest.length > 0) {
      // A copy, since the caller may use its memory again.
      this.#rest.push(Buffer.from(rest));
      this.#restBytes += rest.length;
    }
    return this.#eventBytes + this.#restBytes > this.#maxEventBytes ? 'too_long' : 'ok';
  }

  #endLine(bytes: Buffer, from: number, to: number): void {
    if (this.#restBytes === 0) {
      this.#takeLine(bytes, from, to);
      return;
    }
    const line = Buffer.concat([...this.#rest, bytes.subarray(from, to)]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#takeLine(line, 0, line.length);
  }

  #takeLine(bytes: Buffer, start: number, to: number): void {
    const from = this.#atStart && startsWithByteOrderMark(bytes, start, to) ? start + 3 : start;
    this.#atStart = false;
    if (from === to) {
      this.#dispatch();
      return;
    }
    this.#eventBytes += to - from;
    if (isField(bytes, { from, to, name: DATA })) {
      const value = fieldValue(bytes, from + DATA.length, to);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (isField(bytes, { from, to, name: EVENT })) {
      this.#type = fieldValue(bytes, from + EVENT.length, to);
    }
  }

  #dispatch(): void {
    const data = this.#data;
    const type = this.#type;
    this.#data = undefined;
    this.#type = '';
    this.#eventBytes = 0;
    if (data !== undefined) this.#listener(type === '' ? 'message' : type, data);
  }
}

function startsWithByteOrderMark(bytes: Buffer, from: number, to: number): boolean {
  return to - from >= 3 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
}

/** Whether the line is this field, with or without a value. */
function isField(bytes: Buffer, { from, to, name }: { from: number; to: number; name: Buffer }): boolean {
  const end = from + name.length;
  if (end > to || (end < to && bytes[end] !== COLON)) return false;
  for (let at = 0; at < name.length; at += 1) if (bytes[from + at] !== name[at]) return false;
  return true;
}

/** What follows the colon, less one space. */
function fieldValue(bytes: Buffer, colon: number, to: number): string {
  const from = bytes[colon + 1] === SPACE && colon + 1 < to ? colon + 2 : colon + 1;
  return from >= to ? '' : bytes.toString('utf8', from, to);
}
