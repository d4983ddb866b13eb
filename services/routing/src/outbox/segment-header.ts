/** What every segment begins with: enough to know whose it is and whether the machine has been up since. */
export interface SegmentHeader {
  /** Random id born with the outbox. */
  readonly outboxId: string;
  /** The machine's boot when it was written: after another boot, `write()`n but unsynced bytes may be missing. */
  readonly bootId: string;
}

const MAGIC = 'SYOB1\n';
/** Bytes of a header: magic, two UUIDs as text. */
export const HEADER_BYTES = MAGIC.length + 36 * 2;

/** A header as bytes. */
export function encodeHeader({ outboxId, bootId }: SegmentHeader): Buffer {
  return Buffer.from(`${MAGIC}${outboxId}${bootId}`, 'latin1');
}

/** Reads a header; undefined where it is torn or not ours. */
export function decodeHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const text = bytes.toString('latin1', MAGIC.length, HEADER_BYTES);
  return { outboxId: text.slice(0, 36), bootId: text.slice(36) };
}
