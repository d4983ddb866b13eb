import { unlinkSync } from 'node:fs';
import { outboxFull } from '../errors.ts';
import type { OutboxLock } from './outbox-lock.ts';
import { encodeRecord } from './outbox-record.ts';
import { scanSegment } from './read-segments.ts';
import { emptySegment, noteUsage, type Segment, seekByte } from './segment.ts';
import { SegmentFile, segmentPath } from './segment-file.ts';
import { encodeHeader } from './segment-header.ts';

/** Where and how much an outbox may write. */
export interface OutboxOptions {
  readonly directory: string;
  /** Id of the machine's boot. */
  readonly bootId: string;
  /** A segment above this many bytes is followed by another. */
  readonly segmentBytes: number;
  /** Admission stops when this many bytes are not yet in the ledger. */
  readonly maxBytes: number;
  /** How long a segment stays after the ledger has it all, in milliseconds: a database may fail over to an older state. */
  readonly retainMs: number;
  /** The disk failed to keep what was written: nothing can be promised any more. */
  readonly onFatal: (error: Error) => void;
}

/** A numbered record. */
export interface NumberedUsage {
  readonly sequence: number;
  /** A UsageRecord as protobuf. */
  readonly usage: Uint8Array;
}

/** State that recovery found in files. */
export interface OutboxState {
  readonly id: string;
  readonly segments: Segment[];
  readonly lastSequence: number;
  /** Attempts whose end is not in the files: attempt id → the record to book, and its segment. */
  readonly openHolds: Map<string, { readonly usage: Uint8Array; readonly segment: Segment }>;
  readonly end: OutboxEnd;
}

/**
 * Whether records follow. `closed`: none will, and its last number is known. `abandoned`: none will, but the machine has
 * been down, and some may be missing: its last number is not known.
 */
export type OutboxEnd = 'open' | 'closed' | 'abandoned';

/**
 * The append-only file that makes spending durable before it happens. A hold is written before the provider is called and
 * survives SIGKILL; the numbered usage record that ends it is what the ledger counts. Every number is given once, without gaps.
 */
export class Outbox {
  readonly id: string;
  readonly #options: OutboxOptions;
  readonly #lock: OutboxLock;
  readonly #segments: Segment[];
  readonly #openHolds: OutboxState['openHolds'];
  /** Ends of attempts that the disk had no room for; admission waits until they are written. */
  readonly #unwritten = new Map<string, Uint8Array>();
  #file: SegmentFile | undefined;
  #lastSequence: number;
  #end: OutboxEnd;
  #watermark = 0;
  #isDisposed = false;

  constructor(options: OutboxOptions, lock: OutboxLock, state: OutboxState) {
    this.#options = options;
    this.#lock = lock;
    this.id = state.id;
    this.#segments = state.segments;
    this.#openHolds = state.openHolds;
    this.#lastSequence = state.lastSequence;
    this.#end = state.end;
  }

  /** Number of the last record; 0 without any. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Whether no record will follow the last one. */
  get closed(): boolean {
    return this.#end === 'closed';
  }

  /** Every record up to this number is in the ledger. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Whether its files were let go: nothing is written any more. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Attempts that are under way, or whose end is not known. */
  get openHolds(): ReadonlyMap<string, { readonly usage: Uint8Array }> {
    return this.#openHolds;
  }

  /** Bytes that are not yet in the ledger. */
  get uncoveredBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments) if (segment.coveredAtMs === undefined) bytes += segment.bytes;
    return bytes;
  }

  /** Makes its first file, so that whoever finds it can tell whose it was. A disk that takes nothing is told of by {@link hold}. */
  begin(): void {
    try {
      this.#writable();
    } catch {
      // The first hold tries again.
    }
  }

  /**
   * Writes down that an attempt is about to be made, before it is; or, under an id that holds already, what holds in its place.
   *
   * @param usage the UsageRecord to book if its end is never known
   * @throws OUTBOX_FULL where it cannot be written: then the attempt must not be made
   */
  hold(attemptId: string, usage: Uint8Array): void {
    this.#admit();
    try {
      this.#append(encodeRecord({ kind: 'hold', attemptId, usage }));
    } catch (error) {
      throw outboxFull('the disk takes no more', error);
    }
    const replaced = this.#openHolds.get(attemptId);
    if (replaced !== undefined) replaced.segment.openHolds--;
    const segment = this.#segments.at(-1) as Segment;
    segment.openHolds++;
    this.#openHolds.set(attemptId, { usage, segment });
  }

  /**
   * Ends a hold with what was really used.
   *
   * @returns the record's number; undefined where the disk is full: it is kept in memory and written as soon as possible.
   *   Undefined after {@link dispose}, too: the hold stays in the file, and who takes that over books what was held
   */
  settle(attemptId: string, usage: Uint8Array): number | undefined {
    const hold = this.#openHolds.get(attemptId);
    if (hold === undefined) throw new TypeError(`attempt ${attemptId} holds nothing`);
    if (this.#isDisposed) return undefined;
    let sequence: number;
    try {
      sequence = this.#number(attemptId, usage);
    } catch {
      this.#unwritten.set(attemptId, usage);
      return undefined;
    }
    this.#unwritten.delete(attemptId);
    this.#openHolds.delete(attemptId);
    hold.segment.openHolds--;
    return sequence;
  }

  /**
   * Writes down what no hold came before: it cost nothing.
   *
   * @returns the record's number
   * @throws OUTBOX_FULL where it cannot be written
   */
  note(attemptId: string, usage: Uint8Array): number {
    this.#admit();
    try {
      return this.#number(attemptId, usage);
    } catch (error) {
      throw outboxFull('the disk takes no more', error);
    }
  }

  /** Tries again to write what the disk had no room for. @returns the records that were written now */
  retryUnwritten(): NumberedUsage[] {
    const written: NumberedUsage[] = [];
    for (const [attemptId, usage] of this.#unwritten) {
      const sequence = this.settle(attemptId, usage);
      if (sequence === undefined) break;
      written.push({ sequence, usage });
    }
    return written;
  }

  /** Says that no record will follow. Only without open holds. */
  close(): void {
    if (this.#end !== 'open' || this.#isDisposed || this.#openHolds.size > 0) return;
    this.#append(encodeRecord({ kind: 'close', lastSequence: this.#lastSequence }));
    this.#end = 'closed';
  }

  /** Asks the disk to keep what was written. */
  sync(): void {
    this.#file?.sync(this.#options.onFatal);
  }

  /** Reads numbered records back, from a number on, at most so many. */
  async read(fromSequence: number, limit: number): Promise<NumberedUsage[]> {
    const found: NumberedUsage[] = [];
    for (const segment of this.#segments) {
      if (segment.firstSequence === undefined || segment.lastSequence < fromSequence) continue;
      await scanSegment(
        { path: segment.path, fromByte: seekByte(segment, fromSequence), toByte: segment.bytes },
        (record) => {
          if (record.kind === 'usage' && record.sequence >= fromSequence && found.length < limit) {
            found.push({ sequence: record.sequence, usage: Buffer.from(record.usage) });
          }
          return found.length < limit ? 'go on' : 'stop';
        },
      );
      if (found.length >= limit) break;
    }
    return found;
  }

  /**
   * Takes note of how far the ledger is, and removes segments that have been in it for long enough, or earlier where the
   * bound is near. It may go down after a failover of the ledger's database; then segments count as not covered again.
   */
  cover(watermark: number, nowMs: number): void {
    this.#watermark = watermark;
    let kept = 0;
    for (const segment of this.#segments) {
      const covered = segment.lastSequence <= watermark && segment.openHolds === 0;
      segment.coveredAtMs = covered ? (segment.coveredAtMs ?? nowMs) : undefined;
      kept += segment.bytes;
    }
    while (this.#segments.length > 1) {
      const first = this.#segments[0] as Segment;
      if (first.coveredAtMs === undefined) return;
      if (nowMs - first.coveredAtMs < this.#options.retainMs && kept < this.#options.maxBytes) return;
      unlinkSync(first.path);
      kept -= first.bytes;
      this.#segments.shift();
    }
  }

  /** Whether everything is in the ledger, for long enough that the files may go. */
  isSpent(nowMs: number): boolean {
    return (
      this.#end !== 'open' &&
      this.#watermark >= this.#lastSequence &&
      this.#segments.every(
        ({ coveredAtMs }) => coveredAtMs !== undefined && nowMs - coveredAtMs >= this.#options.retainMs,
      )
    );
  }

  /** Lets go of files and lock. */
  dispose(): void {
    this.#letGo();
    this.#lock.release();
  }

  /** Removes the files of a spent outbox, its lock last: nobody else may take over files that vanish. */
  remove(): void {
    this.#letGo();
    try {
      for (const { path } of this.#segments) unlinkSync(path);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.#lock.remove();
  }

  #letGo(): void {
    this.#isDisposed = true;
    this.sync();
    this.#file?.close();
    this.#file = undefined;
  }

  /** @throws OUTBOX_FULL where nothing more may be spent */
  #admit(): void {
    if (this.#end !== 'open' || this.#isDisposed) throw outboxFull('the outbox is closed');
    if (this.#unwritten.size > 0) this.retryUnwritten();
    if (this.#unwritten.size > 0) throw outboxFull('usage of earlier requests could not be written to disk');
    if (this.uncoveredBytes >= this.#options.maxBytes)
      throw outboxFull('too much usage waits for the ledger');
  }

  /** Writes a record under the next number. @throws where the disk does not take it: then the number is still free */
  #number(attemptId: string, usage: Uint8Array): number {
    const sequence = this.#lastSequence + 1;
    const startByte = this.#append(encodeRecord({ kind: 'usage', sequence, attemptId, usage }));
    noteUsage(this.#segments.at(-1) as Segment, sequence, startByte);
    this.#lastSequence = sequence;
    return sequence;
  }

  /** @returns the byte at which the frame begins */
  #append(frame: Buffer): number {
    const file = this.#writable();
    const startByte = file.bytes;
    file.append(frame);
    const segment = this.#segments.at(-1) as Segment;
    segment.bytes = file.bytes;
    segment.coveredAtMs = undefined;
    return startByte;
  }

  #writable(): SegmentFile {
    const last = this.#segments.at(-1);
    if (this.#file === undefined && last !== undefined && last.bytes > 0) {
      this.#file = new SegmentFile(last.path, last.bytes);
    }
    if (this.#file !== undefined && this.#file.bytes < this.#options.segmentBytes) return this.#file;
    return this.#nextSegment(last);
  }

  #nextSegment(last: Segment | undefined): SegmentFile {
    const { directory, bootId } = this.#options;
    const number = last === undefined ? 0 : last.number + 1;
    const path = segmentPath(directory, this.id, number);
    const file = new SegmentFile(path, 0);
    try {
      file.append(encodeHeader({ outboxId: this.id, bootId }));
    } catch (error) {
      file.close();
      unlinkSync(path);
      throw error;
    }
    this.sync();
    this.#file?.close();
    this.#file = file;
    this.#segments.push(emptySegment(number, path, this.#lastSequence));
    return file;
  }
}
