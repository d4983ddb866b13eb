import { asBuffer, type EventListener, type Framing, type FramingOptions } from './framing.ts';

const LF = 0x0a;

/**
 * Incremental parser of newline-delimited JSON (https://github.com/ndjson/ndjson-spec): each line is an event, CR before
 * LF belongs to its end, empty lines are skipped, and what no LF follows never becomes an event.
 *
 * Lines are cut out of the bytes and decoded whole, so that a chunk may end inside a UTF-8 sequence.
 */
export class NdjsonParser implements Framing {
  readonly #listener: EventListener;
  readonly #maxEventBytes: number;
  /** Pieces of a line whose end has not come: joined once, so that a long line in small chunks costs linear time. */
  #rest: Buffer[] = [];
  #restBytes = 0;

  constructor({ listener, maxEventBytes }: FramingOptions) {
    this.#listener = listener;
    this.#maxEventBytes = maxEventBytes;
  }

  push(chunk: Uint8Array): 'ok' | 'too_long' {
    const bytes = asBuffer(chunk);
    let from = 0;
    for (let lf = bytes.indexOf(LF); lf !== -1; lf = bytes.indexOf(LF, from)) {
      if (this.#restBytes + lf - from > this.#maxEventBytes) return 'too_long';
      this.#takeLine(bytes.subarray(from, lf));
      from = lf + 1;
    }
    if (from < bytes.length) {
      // A copy, since the caller may use its memory again.
      this.#rest.push(Buffer.from(bytes.subarray(from)));
      this.#restBytes += bytes.length - from;
    }
    return this.#restBytes > this.#maxEventBytes ? 'too_long' : 'ok';
  }

  #takeLine(end: Buffer): void {
    const line = this.#restBytes === 0 ? end : Buffer.concat([...this.#rest, end]);
    this.#rest = [];
    this.#restBytes = 0;
    const text = line.toString('utf8').trim();
    if (text !== '') this.#listener('message', text);
  }
}
