import { crc32 } from 'node:zlib';
import {
  asBuffer,
  type EventListener,
  type Framing,
  type FramingOptions,
  type FramingResult,
} from './framing.ts';

/** Lengths of the message and of its headers, and their checksum. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** Bytes of the header values that have a fixed length, by their type; the others state theirs. */
const FIXED_LENGTHS: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const BYTES_TYPE = 6;
const STRING_TYPE = 7;

/**
 * Incremental parser of AWS's event streams (`application/vnd.amazon.eventstream`): binary messages with headers, a payload
 * and two checksums. The type of an event is its `:event-type`, that of an exception "exception:" and its
 * `:exception-type`; the data is the payload. A message without a type is skipped.
 *
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export class AwsEventStreamParser implements Framing {
  readonly #listener: EventListener;
  readonly #maxEventBytes: number;
  /** Pieces of a message whose end has not come: joined once it has, so that a long one costs linear time. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** Bytes that must be there before it is worth looking again. */
  #wantedBytes = PRELUDE_BYTES;

  constructor({ listener, maxEventBytes }: FramingOptions) {
    this.#listener = listener;
    this.#maxEventBytes = maxEventBytes;
  }

  push(chunk: Uint8Array): FramingResult {
    if (this.#restBytes + chunk.length < this.#wantedBytes) {
      this.#keep(asBuffer(chunk));
      return 'ok';
    }
    const bytes = this.#restBytes === 0 ? asBuffer(chunk) : Buffer.concat([...this.#rest, chunk]);
    this.#rest = [];
    this.#restBytes = 0;
    let from = 0;
    for (;;) {
      const left = bytes.length - from;
      const total = left < PRELUDE_BYTES ? PRELUDE_BYTES : messageBytes(bytes, from);
      if (total === undefined) return 'corrupt';
      if (total > this.#maxEventBytes) return 'too_long';
      if (left < total || left < PRELUDE_BYTES) {
        this.#wantedBytes = total;
        this.#keep(bytes.subarray(from));
        return 'ok';
      }
      if (!this.#takeMessage(bytes.subarray(from, from + total))) return 'corrupt';
      from += total;
    }
  }

  /** Keeps a copy, since the caller may use its memory again. */
  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#rest.push(Buffer.from(bytes));
    this.#restBytes += bytes.length;
  }

  /** Whether the message is what its checksum says. */
  #takeMessage(message: Buffer): boolean {
    const end = message.length - CHECKSUM_BYTES;
    if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) return false;
    const payloadAt = PRELUDE_BYTES + message.readUInt32BE(4);
    const headers = readHeaders(message.subarray(PRELUDE_BYTES, payloadAt));
    if (headers === undefined) return false;
    const type = typeOf(headers);
    if (type !== undefined) this.#listener(type, dataOf(headers, message.subarray(payloadAt, end)));
    return true;
  }
}

/** Length of the message that begins here; `undefined` where its prelude is damaged. */
function messageBytes(bytes: Buffer, from: number): number | undefined {
  const total = bytes.readUInt32BE(from);
  const headers = bytes.readUInt32BE(from + 4);
  if (crc32(bytes.subarray(from, from + 8)) !== bytes.readUInt32BE(from + 8)) return undefined;
  return total < PRELUDE_BYTES + headers + CHECKSUM_BYTES ? undefined : total;
}

type Headers = ReadonlyMap<string, string>;

/** The headers that are texts; `undefined` where they do not fill their place. */
function readHeaders(bytes: Buffer): Headers | undefined {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    const type = bytes[nameEnd];
    if (type === undefined) return undefined;
    const value = valueAt(bytes, nameEnd + 1, type);
    if (value === undefined || value.end > bytes.length) return undefined;
    if (type === STRING_TYPE)
      headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', value.from, value.end));
    at = value.end;
  }
  return headers;
}

function valueAt(
  bytes: Buffer,
  at: number,
  type: number,
): { readonly from: number; readonly end: number } | undefined {
  if (type !== STRING_TYPE && type !== BYTES_TYPE) {
    const length = FIXED_LENGTHS[type];
    return length === undefined ? undefined : { from: at, end: at + length };
  }
  if (at + 2 > bytes.length) return undefined;
  return { from: at + 2, end: at + 2 + bytes.readUInt16BE(at) };
}

function typeOf(headers: Headers): string | undefined {
  switch (headers.get(':message-type')) {
    case 'event':
      return headers.get(':event-type');
    case 'exception':
      return `exception:${headers.get(':exception-type') ?? ''}`;
    case 'error':
      return `exception:${headers.get(':error-code') ?? ''}`;
    default:
      return undefined;
  }
}

/** An error has its text in a header, and no payload. */
function dataOf(headers: Headers, payload: Buffer): string {
  return headers.get(':message-type') === 'error'
    ? JSON.stringify({ message: headers.get(':error-message') ?? '' })
    : payload.toString('utf8');
}
