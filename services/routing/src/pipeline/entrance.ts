import { type Clock, ServiceError } from '@switchyard/kernel';
import { type Priority, SheddingQueue } from '@switchyard/resilience';
import { MOST_LAG_MS } from '../domain/request/most-lag.ts';
import { tooManyRequests, tooSlow } from '../errors.ts';

/** Bounds of what is let in at once. */
export interface EntranceOptions {
  /** Most requests under way at this replica, from 1. */
  readonly mostActive: number;
  /** Most that wait, from 0. */
  readonly mostQueued: number;
  readonly clock: Clock;
  /** How late the event loop is. */
  readonly lag: { readonly ms: number };
  /** Told of each one that is refused. */
  readonly onShed: (priority: Priority, why: ShedReason) => void;
}

/** `full`: there was no place for it in time; `slow`: the process does not keep up with what it has. */
export type ShedReason = 'full' | 'slow';

/** How often those that wait are looked at. */
const LOOK_MS = 5;

interface Waiting {
  readonly priority: Priority;
  readonly letIn: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Lets in so many requests as there is room for. What comes above may wait for a moment; then the least urgent are refused first. */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #queue: SheddingQueue<Waiting>;
  #active = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: EntranceOptions) {
    this.#options = options;
    this.#queue = new SheddingQueue({ most: options.mostQueued });
  }

  /** Requests that were let in and have not left. */
  get active(): number {
    return this.#active;
  }

  /** Most requests that are let in at once. */
  get mostActive(): number {
    return this.#options.mostActive;
  }

  /** Most requests that may wait. */
  get mostQueued(): number {
    return this.#options.mostQueued;
  }

  /** Requests that wait. */
  queued(priority: Priority): number {
    return this.#queue.sizeOf(priority);
  }

  /** Lets a request in, at once where there is room: whoever was let in must leave. @throws TOO_MANY_REQUESTS, OVERLOADED where the event loop is too late */
  enter(priority: Priority, signal: AbortSignal): Promise<void> | undefined {
    if (this.#options.lag.ms >= MOST_LAG_MS[priority]) {
      this.#options.onShed(priority, 'slow');
      return Promise.reject(tooSlow(priority));
    }
    if (this.#active < this.#options.mostActive) {
      this.#active++;
      return undefined;
    }
    return new Promise((letIn, refuse) => this.#wait({ priority, letIn, refuse }, signal));
  }

  /** A request that was let in has ended: the next one has its place. */
  leave(): void {
    this.#shedOverdue();
    const next = this.#queue.shift();
    if (next === undefined) this.#active--;
    else next.letIn();
  }

  #wait(waiting: Waiting, signal: AbortSignal): void {
    const shed = this.#queue.push(waiting, waiting.priority, this.#options.clock.monotonicMs());
    if (shed !== undefined) this.#refuse(shed);
    if (shed === waiting) return;
    const onAbort = () => {
      if (this.#queue.remove(waiting)) waiting.refuse(callerLeft());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#timer ??= setInterval(() => this.#shedOverdue(), LOOK_MS).unref();
  }

  #shedOverdue(): void {
    if (this.#timer === undefined) return;
    for (const waiting of this.#queue.shedOverdue(this.#options.clock.monotonicMs())) this.#refuse(waiting);
    if (this.#queue.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #refuse({ priority, refuse }: Waiting): void {
    this.#options.onShed(priority, 'full');
    refuse(tooManyRequests(priority));
  }
}

const callerLeft = (): ServiceError =>
  new ServiceError({ reason: 'CANCELLED', code: 'CANCELLED', publicMessage: 'the caller went away' });
