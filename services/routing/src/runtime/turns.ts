/** Work that is done one at a time. Who wants it while it is under way waits for the turn after it, all together. */
export class Turns {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param work rejects never */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Returns once a turn has ended that began after the call. */
  take(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#running ?? this.#start();
    });
    return this.#next;
  }

  /** Returns once nothing is under way. */
  async ended(): Promise<void> {
    while (this.#running !== undefined) await (this.#next ?? this.#running);
  }

  #start(): Promise<void> {
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
