import type { Dispatcher } from 'undici';

/** Headers of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The head of an answer; its body is read from the {@link ProviderExchange}. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
}

/** A provider that writes faster than its answer is read waits while so many bytes lie here. */
const MOST_WAITING_BYTES = 64 * 1024;
/** How long a provider may take to end a body after the last event. */
const END_OF_BODY_MS = 1_000;

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One request and its answer, as undici tells of them: no stream in between, which would cost more than all else of a small
 * answer. One reads it, piece by piece.
 */
export class ProviderExchange implements Dispatcher.DispatchHandler {
  /** The head of the answer; fails where none comes. */
  readonly head: Promise<AnswerHead>;
  readonly #onSending: () => void;
  /** Who waits for the head, until it has come. */
  #headWaiter: Waiter<AnswerHead> | undefined;
  /** Who waits for the next piece. */
  #pieceWaiter: Waiter<Buffer | undefined> | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  /** What has come and was not read. */
  #pieces: Buffer[] = [];
  #waitingBytes = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #failure: unknown;
  /** Runs while nobody reads any more and only the end of the body is outstanding. */
  #impatience: NodeJS.Timeout | undefined;
  #isLeft = false;

  /** @param onSending told when a connection is there and the request begins to be written: before that the provider knows nothing of it */
  constructor(onSending: () => void) {
    this.#onSending = onSending;
    this.head = new Promise((resolve, reject) => {
      this.#headWaiter = { resolve, reject };
    });
  }

  /** The next piece of the body, at once where it is here; undefined at its end. @throws where it breaks off, or was ended */
  next(): Buffer | undefined | Promise<Buffer | undefined> {
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#waitingBytes -= piece.length;
      if (this.#waitingBytes < MOST_WAITING_BYTES) this.#controller?.resume();
      return piece;
    }
    if (this.#state === 'failed') throw this.#failure;
    if (this.#state === 'ended') return undefined;
    return new Promise((resolve, reject) => {
      this.#pieceWaiter = { resolve, reject };
    });
  }

  /** Ends it from this side, wherever it is; nothing where it has ended. Where no connection came about yet, none is used. */
  end(reason: Error): void {
    this.#fail(reason);
    this.#controller?.abort(reason);
  }

  /** Nobody reads on: the connection is kept where the end of the body comes soon, else closed. */
  leaveAfterLast(reason: Error): void {
    this.#isLeft = true;
    this.#pieces = [];
    if (this.#state !== 'open') return;
    this.#impatience = setTimeout(() => this.end(reason), END_OF_BODY_MS).unref();
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // What was ended while it waited for a connection ends here.
    if (this.#state === 'failed') controller.abort(this.#failure as Error);
    else this.#onSending();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    // Informational answers come before the real one (RFC 9110, 15.2).
    if (status < 200) return;
    this.#headWaiter?.resolve({ status, headers });
    this.#headWaiter = undefined;
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#isLeft || this.#state !== 'open') return;
    const waiter = this.#pieceWaiter;
    if (waiter !== undefined) {
      this.#pieceWaiter = undefined;
      waiter.resolve(piece);
      return;
    }
    this.#pieces.push(piece);
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes >= MOST_WAITING_BYTES) controller.pause();
  }

  onResponseEnd(): void {
    clearTimeout(this.#impatience);
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#pieceWaiter?.resolve(undefined);
    this.#pieceWaiter = undefined;
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    clearTimeout(this.#impatience);
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#failure = error;
    this.#headWaiter?.reject(error);
    this.#headWaiter = undefined;
    this.#pieceWaiter?.reject(error);
    this.#pieceWaiter = undefined;
  }
}
