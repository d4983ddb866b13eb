/** What is done beside the calls. */
export interface BackgroundTaskOptions {
  readonly run: () => Promise<void>;
  /** Wait after a failure, in milliseconds. */
  readonly retryMs: number;
  /** Wait after a success before it is done again, in milliseconds; undefined: once is enough. */
  readonly againMs?: number;
  readonly onFailure: (error: unknown) => void;
}

/** Does something until it succeeds, and again where asked: a start does not wait for a database that is away. */
export class BackgroundTask {
  readonly #options: BackgroundTaskOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #succeeded = false;
  #stopped = false;

  constructor(options: BackgroundTaskOptions) {
    this.#options = options;
  }

  /** Whether it has ever succeeded. */
  get hasSucceeded(): boolean {
    return this.#succeeded;
  }

  /** Resolves after the first try, whatever came of it. */
  start(): Promise<void> {
    this.#running = this.#try();
    return this.#running;
  }

  /** Waits for a try that is under way; there is no other after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #try(): Promise<void> {
    const { run, retryMs, againMs, onFailure } = this.#options;
    let waitMs: number | undefined = againMs;
    try {
      await run();
      this.#succeeded = true;
    } catch (error) {
      waitMs = retryMs;
      onFailure(error);
    }
    if (this.#stopped || waitMs === undefined) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#try();
    }, waitMs).unref();
  }
}
