import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /^([0-9a-f-]{36})\.(\d{6})\.outbox$/;

/** Name of a segment's file. */
export const segmentPath = (directory: string, outboxId: string, number: number): string =>
  join(directory, `${outboxId}.${String(number).padStart(6, '0')}.outbox`);

/** What a file name says, or undefined where it is not a segment's. */
export function parseSegmentName(name: string): { outboxId: string; number: number } | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : { outboxId: match[1] as string, number: Number(match[2]) };
}

/** A segment that is being written. */
export class SegmentFile {
  readonly path: string;
  readonly #fd: number;
  #bytes: number;
  #dirty = false;
  #syncing = false;
  #closing = false;

  /** @param bytes length of what is already in it and good */
  constructor(path: string, bytes: number) {
    this.path = path;
    this.#fd = openSync(path, bytes === 0 ? 'wx' : 'r+', 0o600);
    this.#bytes = bytes;
    // Whatever follows the last good frame is a torn tail.
    ftruncateSync(this.#fd, bytes);
  }

  /** Length in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Appends bytes; they survive the death of the process when this returns. All or nothing: a write that fails half-way is cut off.
   *
   * @throws the system's error, for example ENOSPC
   */
  append(bytes: Uint8Array): void {
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(this.#fd, bytes, written, bytes.length - written, this.#bytes + written);
      }
    } catch (error) {
      ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
    this.#bytes += written;
    this.#dirty = true;
  }

  /** Asks the system to put what was appended on the disk; tells of a failure, after which nothing can be trusted. */
  sync(onFailure: (error: Error) => void): void {
    if (!this.#dirty || this.#syncing) return;
    this.#dirty = false;
    this.#syncing = true;
    fdatasync(this.#fd, (error) => {
      this.#syncing = false;
      if (error !== null) onFailure(error);
      if (!this.#closing) return;
      // What was appended while the sync was under way is not in it.
      if (this.#dirty) this.sync(onFailure);
      else closeSync(this.#fd);
    });
  }

  /** Lets go of the file, after a sync that is under way. */
  close(): void {
    this.#closing = true;
    if (!this.#syncing) closeSync(this.#fd);
  }
}
