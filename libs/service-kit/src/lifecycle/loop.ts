export interface LoopOptions {
  /** From the end of one run to the begin of the next, in milliseconds. */
  readonly everyMs: number;
  /** Must not reject. What it gives is how long to wait this time, in milliseconds, instead of `everyMs`. */
  readonly run: () => Promise<void> | Promise<number>;
}

/** Runs something again and again, never twice at once; at once when woken. Begins at once. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #done: Promise<void>;
  #isClosed = false;
  #isWoken = false;
  #wake: () => void = () => {};

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#done = this.#go();
  }

  /** Runs soon, once more also where a run is under way. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Waits for the run under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#done;
  }

  async #go(): Promise<void> {
    // Not inside the constructor of whoever owns the loop: it is not ready yet.
    await Promise.resolve();
    while (!this.#isClosed) {
      this.#isWoken = false;
      const waitMs = (await this.#options.run()) ?? this.#options.everyMs;
      if (this.#isClosed || this.#isWoken) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = () => {};
    }
  }
}
