import type { Logger } from '@switchyard/service-kit';
import type { AnswerStore } from '../ports.ts';

const CLEAN_MS = 600_000;
/** Most rounds of one cleaning: half a million keys. */
const MAX_ROUNDS = 50;

/** Removes idempotency keys that have expired. Every replica does; rows that another one removes are left to it. */
export class ExpiredKeys {
  readonly #store: Pick<AnswerStore, 'removeExpired'>;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;

  constructor(store: Pick<AnswerStore, 'removeExpired'>, log: Logger) {
    this.#store = store;
    this.#log = log;
    this.#timer = setInterval(() => void this.#clean(), CLEAN_MS).unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async #clean(): Promise<void> {
    try {
      for (let round = 0; round < MAX_ROUNDS; round++)
        if ((await this.#store.removeExpired()) === 'none left') return;
    } catch (error) {
      this.#log.warn({ err: error }, 'expired idempotency keys could not be removed; tried again later');
    }
  }
}
