import type { Logger } from '@switchyard/service-kit';

const CLEAN_MS = 600_000;
/** Most rounds of one cleaning. */
const MAX_ROUNDS = 50;

/** Removes rows that have expired, so many at once. */
export interface ExpiringStore {
  removeExpired(): Promise<'more' | 'none left'>;
}

/** What is to be cleaned. */
export interface ExpiredRowsOptions {
  readonly store: ExpiringStore;
  /** "idempotency keys". */
  readonly what: string;
  readonly log: Logger;
}

/** Removes what has expired. Every replica does; rows that another one removes are left to it. */
export class ExpiredRows {
  readonly #options: ExpiredRowsOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ExpiredRowsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#clean(), CLEAN_MS).unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async #clean(): Promise<void> {
    const { store, what, log } = this.#options;
    try {
      for (let round = 0; round < MAX_ROUNDS; round++)
        if ((await store.removeExpired()) === 'none left') return;
    } catch (error) {
      log.warn({ err: error }, `expired ${what} could not be removed; tried again later`);
    }
  }
}
