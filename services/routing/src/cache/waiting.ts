/** Those who wait for the same work: it ends when the last of them has left, and not before. */
export class Waiting {
  readonly #controller = new AbortController();
  #count = 0;
  readonly #onEmpty: () => void;

  /** @param onEmpty told once, when all have left */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  /** Fires when nobody waits any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts one more, until it leaves or goes away. @param gone fires when it goes away */
  join(gone: AbortSignal): { readonly leave: () => void } {
    this.#count++;
    let isHere = true;
    const leave = () => {
      if (!isHere) return;
      isHere = false;
      gone.removeEventListener('abort', leave);
      if (--this.#count > 0) return;
      this.#onEmpty();
      this.#controller.abort();
    };
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
    return { leave };
  }
}
