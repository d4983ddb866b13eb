import { ServiceError } from '@switchyard/kernel';

/**
 * Counts bytes that are under way: requests at all doors of a service, say. Each has a bound of its own; this one bounds
 * their sum, so that many large ones at once cannot take the memory of all.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  #takenBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes under way. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Every byte that was taken must be given back. @throws OVERLOADED where there is no room; nothing is taken then */
  take(bytes: number): void {
    if (this.#takenBytes + bytes > this.#maxBytes) throw overloaded();
    this.#takenBytes += bytes;
  }

  give(bytes: number): void {
    this.#takenBytes -= bytes;
  }
}

const overloaded = (): ServiceError =>
  new ServiceError({
    reason: 'OVERLOADED',
    code: 'UNAVAILABLE',
    publicMessage: 'too many bytes are under way; try again in a moment',
    retryable: true,
    retryAfterMs: 1_000,
  });
