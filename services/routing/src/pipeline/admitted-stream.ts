/** A stream that begins once it is let in, and whose end is told. */
export interface AdmittedStreamOptions<Event> {
  /** undefined: at once. */
  readonly enter: () => Promise<void> | undefined;
  readonly open: () => AsyncGenerator<Event, void, undefined>;
  /** Called once, where it was let in. */
  readonly leave: () => void;
}

/** Not a generator around the stream: that would take each event through further turns of the event loop. */
export class AdmittedStream<Event> implements AsyncGenerator<Event, void, undefined> {
  readonly #options: AdmittedStreamOptions<Event>;
  #events: AsyncGenerator<Event, void, undefined> | undefined;
  #hasEntered = false;
  #hasLeft = false;

  constructor(options: AdmittedStreamOptions<Event>) {
    this.#options = options;
  }

  next(): Promise<IteratorResult<Event, void>> {
    return this.#events === undefined ? this.#begin() : this.#watched(this.#events.next());
  }

  async return(): Promise<IteratorResult<Event, void>> {
    if (this.#events !== undefined) return this.#watched(this.#events.return());
    this.#leave();
    return DONE;
  }

  async throw(error: unknown): Promise<IteratorResult<Event, void>> {
    if (this.#events !== undefined) return this.#watched(this.#events.throw(error));
    this.#leave();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #begin(): Promise<IteratorResult<Event, void>> {
    if (this.#hasLeft) return DONE;
    const entered = this.#options.enter();
    if (entered !== undefined) await entered;
    this.#hasEntered = true;
    // Left while it waited.
    if (this.#hasLeft) {
      this.#options.leave();
      return DONE;
    }
    try {
      this.#events = this.#options.open();
    } catch (error) {
      this.#leave();
      throw error;
    }
    return this.#watched(this.#events.next());
  }

  #watched(step: Promise<IteratorResult<Event, void>>): Promise<IteratorResult<Event, void>> {
    step.then(
      ({ done }) => {
        if (done === true) this.#leave();
      },
      () => this.#leave(),
    );
    return step;
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    if (this.#hasEntered) this.#options.leave();
  }
}

const DONE: IteratorReturnResult<void> = { done: true, value: undefined };
