/**
 * What one watcher has yet to be told: the keys that changed, each once, however often. So a slow watcher costs no more
 * than one table, skips states in between and always gets the present one.
 */
export class TableWatch {
  readonly #changed = new Set<string>();
  readonly #onEnd: () => void;
  #isDirty = false;
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** The table has a new version; these keys changed. */
  note(keys: readonly string[]): void {
    for (const key of keys) this.#changed.add(key);
    this.#isDirty = true;
    this.#wake();
  }

  /** Waits for the next changes. @returns undefined when the watch has ended */
  async next(): Promise<ReadonlySet<string> | undefined> {
    while (!this.#isDirty && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#isEnded) return undefined;
    const changed = new Set(this.#changed);
    this.#changed.clear();
    this.#isDirty = false;
    return changed;
  }

  end(): void {
    this.#isEnded = true;
    this.#onEnd();
    this.#wake();
  }
}
