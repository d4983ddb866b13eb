import { Waiting } from './waiting.ts';

/** What is shared, and how much of it is remembered. */
export interface SharedStreamOptions<Piece> {
  /** Begins it; its signal fires when nobody reads any more. */
  readonly open: (signal: AbortSignal) => AsyncGenerator<Piece, void, undefined>;
  readonly bytesOf: (piece: Piece) => number;
  /** Above this nobody can join any more, and what all have read is forgotten. */
  readonly maxBytes: number;
  /** Told once nobody can join any more: it has ended, is too long, or nobody reads. May be told several times. */
  readonly onClosed: () => void;
}

/** Where one reader is. */
interface Reader {
  at: number;
}

/**
 * One stream that several read, each from its beginning. Whoever is ahead draws the next piece, and those behind have it from memory,
 * so that nobody waits for a slower reader.
 */
export class SharedStream<Piece> {
  readonly #options: SharedStreamOptions<Piece>;
  readonly #waiting: Waiting;
  readonly #source: AsyncGenerator<Piece, void, undefined>;
  readonly #readers = new Set<Reader>();
  /** What is remembered; the first is number {@link #first}. */
  readonly #pieces: Piece[] = [];
  #first = 0;
  #bytes = 0;
  #end: { readonly error: unknown } | 'whole' | undefined;
  #drawing: Promise<void> | undefined;

  constructor(options: SharedStreamOptions<Piece>) {
    this.#options = options;
    this.#waiting = new Waiting(() => {
      options.onClosed();
      // The signal ends a piece that is being waited for: only then does the source hear of this.
      this.#source.return(undefined).catch((error: unknown) => {
        this.#end ??= { error };
      });
    });
    this.#source = options.open(this.#waiting.signal);
  }

  /** How many read. */
  get readers(): number {
    return this.#waiting.count;
  }

  /** @param gone fires when this reader goes away: the others read on */
  async *read(gone: AbortSignal): AsyncGenerator<Piece, void, undefined> {
    const { leave } = this.#waiting.join(gone);
    const reader: Reader = { at: this.#first };
    this.#readers.add(reader);
    const left = Promise.withResolvers<void>();
    const onGone = () => left.resolve();
    gone.addEventListener('abort', onGone, { once: true });
    try {
      for (;;) {
        // The last one hears how it ended; the others need not wait for it.
        if (gone.aborted && this.#waiting.count > 0) throw gone.reason;
        while (reader.at < this.#first + this.#pieces.length) {
          const piece = this.#pieces[reader.at++ - this.#first] as Piece;
          if (this.#isTooLong) this.#forget();
          yield piece;
        }
        if (this.#end === 'whole') return;
        if (this.#end !== undefined) throw this.#end.error;
        await (gone.aborted ? this.#draw() : Promise.race([this.#draw(), left.promise]));
      }
    } finally {
      gone.removeEventListener('abort', onGone);
      this.#readers.delete(reader);
      leave();
    }
  }

  get #isTooLong(): boolean {
    return this.#bytes > this.#options.maxBytes;
  }

  /** The next piece, or the end; whoever comes meanwhile waits for the same. */
  #draw(): Promise<void> {
    this.#drawing ??= this.#next().finally(() => {
      this.#drawing = undefined;
    });
    return this.#drawing;
  }

  async #next(): Promise<void> {
    const { bytesOf, onClosed } = this.#options;
    try {
      const next = await this.#source.next();
      if (next.done === true) {
        this.#end = 'whole';
        onClosed();
        return;
      }
      this.#pieces.push(next.value);
      const wasTooLong = this.#isTooLong;
      this.#bytes += bytesOf(next.value);
      if (this.#isTooLong && !wasTooLong) onClosed();
    } catch (error) {
      this.#end = { error };
      onClosed();
    }
  }

  /** Drops what every reader has had. */
  #forget(): void {
    let slowest = Number.POSITIVE_INFINITY;
    for (const { at } of this.#readers) slowest = Math.min(slowest, at);
    this.#pieces.splice(0, slowest - this.#first);
    this.#first = slowest;
  }
}
