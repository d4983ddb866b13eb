import type { AttemptLimits } from '../domain/snapshot/offering.ts';

/**
 * Why an attempt was ended from this side. `deadline` is the caller's; by `caller` it went away itself; `outrun`: another
 * attempt answered first.
 */
export type AbortCause = 'first_token' | 'between_tokens' | 'total' | 'deadline' | 'caller' | 'outrun';

/** What bounds an attempt. */
export interface AttemptBounds {
  readonly limits: AttemptLimits;
  /**
   * How the answer comes. One in one piece is made before its first byte is sent, so that the time to the first token says
   * nothing of it.
   */
  readonly answer: 'whole' | 'streamed';
  /** Fires when the caller goes away; undefined: nobody can. */
  readonly signal: AbortSignal | undefined;
  /** When its deadline passes, in milliseconds from now; undefined: never. */
  readonly remainingMs: number | undefined;
}

/** Ends an attempt at the first of its time limits, the caller's deadline, or the caller's going away; remembers which. */
export class AttemptDeadline {
  readonly #caller: AbortSignal | undefined;
  readonly #limits: AttemptLimits;
  readonly #total: NodeJS.Timeout;
  #phase: NodeJS.Timeout | undefined;
  #cause: AbortCause | undefined;
  #onEnd: (() => void) | undefined;

  constructor({ limits, answer, signal, remainingMs }: AttemptBounds) {
    this.#limits = limits;
    this.#caller = signal;
    const callerMs = remainingMs ?? Number.POSITIVE_INFINITY;
    this.#total = setTimeout(
      () => this.#end(callerMs < limits.totalMs ? 'deadline' : 'total'),
      Math.max(0, Math.min(limits.totalMs, callerMs)),
    );
    if (answer === 'streamed') this.#phase = setTimeout(() => this.#end('first_token'), limits.firstTokenMs);
    if (signal?.aborted) this.#end('caller');
    else signal?.addEventListener('abort', this.#onCaller, { once: true });
  }

  /** Tells when the attempt must end: one listener, an AbortSignal costs more than all the rest of this. @returns false where it must already */
  whenEnded(onEnd: () => void): boolean {
    this.#onEnd = onEnd;
    return this.#cause === undefined;
  }

  /** Why it must end; undefined while it need not. */
  get cause(): AbortCause | undefined {
    return this.#cause;
  }

  /** A piece of the answer has come: the time to the next one begins. */
  progressed(): void {
    if (this.#hasBegun) {
      this.#phase?.refresh();
      return;
    }
    clearTimeout(this.#phase);
    this.#hasBegun = true;
    this.#phase = setTimeout(() => this.#end('between_tokens'), this.#limits.betweenTokensMs);
  }

  /** Another attempt has answered: this one ends. */
  outrun(): void {
    this.#end('outrun');
  }

  /** The attempt is over. */
  stop(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#phase);
    this.#caller?.removeEventListener('abort', this.#onCaller);
  }

  #hasBegun = false;
  readonly #onCaller = (): void => this.#end('caller');

  #end(cause: AbortCause): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    this.#onEnd?.();
  }
}
