import { open, stat } from 'node:fs/promises';
import { decodeFrame, type OutboxRecord } from './outbox-record.ts';
import { decodeHeader, HEADER_BYTES, type SegmentHeader } from './segment-header.ts';

/** What reading a segment to its end found. */
export interface SegmentScan {
  readonly header: SegmentHeader | undefined;
  /** Length of the good part; what follows is a torn tail. */
  readonly goodBytes: number;
  readonly fileBytes: number;
}

/** Bytes read at once. */
const CHUNK_BYTES = 1024 * 1024;

/** Where to read. */
export interface SegmentRange {
  readonly path: string;
  /** Where to begin; a frame must begin there. */
  readonly fromByte?: number;
  /** Where to end at the latest. */
  readonly toByte?: number;
}

/** Reads a segment frame by frame, without holding it in memory. Ends at the first frame that is torn or damaged. */
export async function scanSegment(
  { path, fromByte = 0, toByte }: SegmentRange,
  onRecord: (record: OutboxRecord, endByte: number) => 'go on' | 'stop',
): Promise<SegmentScan> {
  const fileBytes = toByte ?? (await stat(path)).size;
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEADER_BYTES);
    await file.read(head, 0, HEADER_BYTES, 0);
    const header = decodeHeader(head);
    if (header === undefined) return { header, goodBytes: 0, fileBytes };
    let position = Math.max(fromByte, HEADER_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    let readTo = position;
    while (readTo < fileBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, fileBytes - readTo));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, readTo);
      if (bytesRead === 0) break;
      readTo += bytesRead;
      const bytes =
        rest.length === 0
          ? chunk.subarray(0, bytesRead)
          : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let offset = 0;
      for (;;) {
        const frame = decodeFrame(bytes, offset);
        if (frame.kind === 'damaged') return { header, goodBytes: position, fileBytes };
        if (frame.kind === 'incomplete') break;
        position += frame.end - offset;
        offset = frame.end;
        if (onRecord(frame.record, position) === 'stop') return { header, goodBytes: position, fileBytes };
      }
      rest = bytes.subarray(offset);
    }
    return { header, goodBytes: position, fileBytes };
  } finally {
    await file.close();
  }
}
