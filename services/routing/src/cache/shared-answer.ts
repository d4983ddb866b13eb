import { Waiting } from './waiting.ts';

/** What came of work that was shared. */
export type Shared<Answer> =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Whoever has begun it failed, for reasons that may be its own. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** One answer that several wait for. */
export class SharedAnswer<Answer> {
  readonly #waiting: Waiting;
  readonly #outcome: Promise<Shared<Answer>>;

  /**
   * @param work makes the answer; its signal fires when nobody waits any more
   * @param onEnd told once, when it has ended or nobody waits
   */
  constructor(work: (signal: AbortSignal) => Promise<Answer>, onEnd: () => void) {
    this.#waiting = new Waiting(onEnd);
    this.#outcome = work(this.#waiting.signal)
      .then<Shared<Answer>, Shared<Answer>>(
        (answer) => ({ kind: 'answer', answer }),
        (error: unknown) => ({ kind: 'failed', error }),
      )
      .finally(onEnd);
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.count;
  }

  /** @param gone fires when this caller goes away: the others wait on */
  async wait(gone: AbortSignal): Promise<Shared<Answer>> {
    const { leave } = this.#waiting.join(gone);
    const left = Promise.withResolvers<Shared<Answer>>();
    // The last one hears how the work ended; the others need not wait for it.
    const onGone = () => {
      if (this.#waiting.count > 0) left.resolve({ kind: 'failed', error: gone.reason });
    };
    if (gone.aborted) onGone();
    else gone.addEventListener('abort', onGone, { once: true });
    try {
      return await Promise.race([this.#outcome, left.promise]);
    } finally {
      gone.removeEventListener('abort', onGone);
      leave();
    }
  }
}
