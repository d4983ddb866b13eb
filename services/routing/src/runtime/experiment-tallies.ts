import type { Logger } from '@switchyard/service-kit';
import {
  addCounts,
  type CountedVariant,
  countRequest,
  type EndedAssignment,
} from '../domain/experiment/counted-variant.ts';
import type { ExperimentLog } from '../ports.ts';

export interface ExperimentTalliesOptions {
  /** Adds to what all replicas have counted. */
  readonly store: { add(counted: readonly CountedVariant[]): Promise<void> };
  readonly log: Logger;
  /** Requests that could not be counted. */
  readonly onDropped: (requests: number) => void;
}

const FLUSH_MS = 1_000;
/** Most groups of variants that wait for the database: each is some numbers, however many requests it had. */
const MAX_WAITING = 10_000;

/** Counts experiments' requests, and adds the counts to everybody's once a second. A process that is killed loses the last second. */
export class ExperimentTallies implements ExperimentLog {
  readonly #options: ExperimentTalliesOptions;
  #waiting = new Map<string, CountedVariant>();
  #flushing: Promise<void> | undefined;
  #isFailing = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ExperimentTalliesOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#flush(), FLUSH_MS).unref();
  }

  count(ended: EndedAssignment): void {
    const counted = countRequest(ended);
    if (counted !== undefined) this.#add(counted);
  }

  /** Stores what waits, as far as the database takes it. */
  async dispose(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushing;
    await this.#flush();
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Adds what waits to what is stored; where that fails it waits on. Never rejects. */
  async #write(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const taken = [...this.#waiting.values()];
    this.#waiting = new Map();
    try {
      await this.#options.store.add(taken);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#options.log.warn(
          { err: error, waiting: taken.length },
          'counts of experiments cannot be stored now; they wait',
        );
      this.#isFailing = true;
      for (const counted of taken) this.#add(counted);
    }
  }

  #add(counted: CountedVariant): void {
    const { owner, experiment, variant, group } = counted;
    const key = JSON.stringify([owner, experiment, variant, group]);
    const before = this.#waiting.get(key);
    if (before === undefined && this.#waiting.size >= MAX_WAITING) {
      this.#options.onDropped(counted.requests);
      return;
    }
    this.#waiting.set(key, before === undefined ? counted : addCounts(before, counted));
  }
}
