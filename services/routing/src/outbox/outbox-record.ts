import { crc32 } from 'node:zlib';

/**
 * What an outbox file holds, one frame each: `u32 length | u32 crc32 | u8 kind | body`, little endian, length and CRC over
 * kind and body.
 */
export type OutboxRecord =
  /** An attempt is about to be made. `usage` is the record to book if its end is never known. */
  | { readonly kind: 'hold'; readonly attemptId: string; readonly usage: Uint8Array }
  /** An attempt has ended. Only these are numbered, without gaps. */
  | {
      readonly kind: 'usage';
      readonly sequence: number;
      readonly attemptId: string;
      readonly usage: Uint8Array;
    }
  /** No record follows. */
  | { readonly kind: 'close'; readonly lastSequence: number };

const KINDS = { hold: 1, usage: 2, close: 3 } as const;
const HEAD = 8;
const UUID_BYTES = 16;

/** Most bytes of one frame's body: a length above it is damage, not a record. */
export const MAX_BODY_BYTES = 1024 * 1024;

/** A record as bytes. */
export function encodeRecord(record: OutboxRecord): Buffer {
  switch (record.kind) {
    case 'hold': {
      const frame = allocate(UUID_BYTES + record.usage.length, KINDS.hold);
      writeUuid(frame, record.attemptId, HEAD + 1);
      frame.set(record.usage, HEAD + 1 + UUID_BYTES);
      return seal(frame);
    }
    case 'usage': {
      const frame = allocate(8 + UUID_BYTES + record.usage.length, KINDS.usage);
      writeNumber(frame, record.sequence);
      writeUuid(frame, record.attemptId, HEAD + 9);
      frame.set(record.usage, HEAD + 9 + UUID_BYTES);
      return seal(frame);
    }
    case 'close': {
      const frame = allocate(8, KINDS.close);
      writeNumber(frame, record.lastSequence);
      return seal(frame);
    }
  }
}

/** A frame that was read, or why reading ends here. */
export type DecodedFrame =
  | { readonly kind: 'record'; readonly record: OutboxRecord; readonly end: number }
  /** The bytes end inside a frame: more may follow, or the tail is torn. */
  | { readonly kind: 'incomplete' }
  /** The bytes are not a frame. */
  | { readonly kind: 'damaged' };

/** Reads the frame that begins at `offset`. */
export function decodeFrame(bytes: Buffer, offset: number): DecodedFrame {
  if (bytes.length - offset < HEAD) return { kind: 'incomplete' };
  const length = bytes.readUInt32LE(offset);
  if (length < 1 || length > MAX_BODY_BYTES) return { kind: 'damaged' };
  const end = offset + HEAD + length;
  if (end > bytes.length) return { kind: 'incomplete' };
  const body = bytes.subarray(offset + HEAD, end);
  if (crc32(body) !== bytes.readUInt32LE(offset + 4)) return { kind: 'damaged' };
  const record = decodeBody(body);
  return record === undefined ? { kind: 'damaged' } : { kind: 'record', record, end };
}

function decodeBody(body: Buffer): OutboxRecord | undefined {
  switch (body[0]) {
    case KINDS.hold:
      if (body.length < 1 + UUID_BYTES) return undefined;
      return { kind: 'hold', attemptId: readUuid(body, 1), usage: body.subarray(1 + UUID_BYTES) };
    case KINDS.usage:
      if (body.length < 9 + UUID_BYTES) return undefined;
      return {
        kind: 'usage',
        sequence: Number(body.readBigUInt64LE(1)),
        attemptId: readUuid(body, 9),
        usage: body.subarray(9 + UUID_BYTES),
      };
    case KINDS.close:
      if (body.length !== 9) return undefined;
      return { kind: 'close', lastSequence: Number(body.readBigUInt64LE(1)) };
    default:
      return undefined;
  }
}

function allocate(bodyBytes: number, kind: number): Buffer {
  const frame = Buffer.allocUnsafe(HEAD + 1 + bodyBytes);
  frame[HEAD] = kind;
  return frame;
}

function seal(frame: Buffer): Buffer {
  frame.writeUInt32LE(frame.length - HEAD, 0);
  frame.writeUInt32LE(crc32(frame.subarray(HEAD)), 4);
  return frame;
}

/** A uint64; numbers beyond 2^53 are never given. */
function writeNumber(frame: Buffer, sequence: number): void {
  frame.writeUInt32LE(sequence % 2 ** 32, HEAD + 1);
  frame.writeUInt32LE(Math.floor(sequence / 2 ** 32), HEAD + 5);
}

function writeUuid(frame: Buffer, uuid: string, offset: number): void {
  let digits = 0;
  let byte = 0;
  for (let i = 0; i < uuid.length && digits < 2 * UUID_BYTES; i++) {
    const code = uuid.charCodeAt(i);
    if (code === DASH) continue;
    // Letters come in either case, and their codes end with their value minus nine.
    byte = (byte << 4) | (code < LETTERS ? code & 0x0f : (code & 0x0f) + 9);
    if (digits++ % 2 === 1) frame[offset + (digits >> 1) - 1] = byte;
  }
}

const DASH = 0x2d;
const LETTERS = 0x40;

function readUuid(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + UUID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
