import type { ByteBudget } from '@switchyard/service-kit';

/** The pieces of a stream that is to be kept, as long as there is room for them. */
export class KeptPieces implements Disposable {
  readonly #room: ByteBudget;
  readonly #maxBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #isTooLarge = false;
  #isEmpty = true;

  /** @param room shared by all streams that are kept */
  constructor(room: ByteBudget, maxBytes: number) {
    this.#room = room;
    this.#maxBytes = maxBytes;
  }

  /** Whether the stream has had no piece. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** All pieces; undefined where there was no room for all. */
  get all(): readonly Uint8Array[] | undefined {
    return this.#isTooLarge ? undefined : this.#pieces;
  }

  add(piece: Uint8Array): void {
    this.#isEmpty = false;
    if (this.#isTooLarge) return;
    if (this.#bytes + piece.length > this.#maxBytes || !this.#takes(piece.length)) {
      this.#isTooLarge = true;
      this[Symbol.dispose]();
      return;
    }
    this.#bytes += piece.length;
    this.#pieces.push(piece);
  }

  /** Gives the room back. */
  [Symbol.dispose](): void {
    this.#room.give(this.#bytes);
    this.#bytes = 0;
    this.#pieces.length = 0;
  }

  #takes(bytes: number): boolean {
    try {
      this.#room.take(bytes);
      return true;
    } catch {
      return false;
    }
  }
}
