import type { Socket } from 'node:net';

/** What came from a socket, in order. */
export type LaneItem =
  | { readonly type: 'bytes'; readonly chunk: Buffer; readonly arrivedMs: number }
  | { readonly type: 'closed' }
  | { readonly type: 'broken' };

/** Read ahead at most this much: what is late must not hold up what follows, and must not fill the memory. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** What a socket has sent and nobody has taken yet. Pushes back on the sender when it is full. */
export class LaneQueue {
  readonly #from: Socket;
  readonly #items: LaneItem[] = [];
  #queuedBytes = 0;

  /** @param onNews called after each arrival */
  constructor(from: Socket, onNews: () => void) {
    this.#from = from;
    const push = (item: LaneItem): void => {
      this.#items.push(item);
      onNews();
    };
    from.on('data', (chunk: Buffer) => {
      this.#queuedBytes += chunk.length;
      if (this.#queuedBytes >= MAX_QUEUED_BYTES) from.pause();
      push({ type: 'bytes', chunk, arrivedMs: performance.now() });
    });
    from.once('end', () => push({ type: 'closed' }));
    from.on('error', () => push({ type: 'broken' }));
  }

  get head(): LaneItem | undefined {
    return this.#items[0];
  }

  /** Takes the close or the break at the head. */
  takeMark(): void {
    this.#items.shift();
  }

  /** Takes up to `length` bytes of the chunk at the head. */
  takeBytes(length: number): Buffer {
    const [item] = this.#items;
    if (item?.type !== 'bytes') throw new Error('there are no bytes at the head');
    if (length < item.chunk.length) this.#items[0] = { ...item, chunk: item.chunk.subarray(length) };
    else this.#items.shift();
    const piece = item.chunk.subarray(0, length);
    this.#queuedBytes -= piece.length;
    if (this.#queuedBytes < MAX_QUEUED_BYTES) this.#from.resume();
    return piece;
  }

  /** Throws everything away, now and from now on, so that the socket can see its end. */
  discard(): void {
    this.#items.length = 0;
    this.#from.removeAllListeners('data');
    this.#from.resume();
  }
}
