import { type LeaseAnswer, type LeaseExchange, type LeaseKey, leaseKeyText } from '@switchyard/budget';
import type { Clock } from '@switchyard/kernel';
import type { Logger } from '@switchyard/service-kit';
import type { PostgresBudgetBook } from './adapters/postgres-budget-book.ts';
import type { PostgresLeases } from './adapters/postgres-leases.ts';
import type { BudgetBook, LeaseBook, LostOutboxes } from './ports.ts';

/** What leases are kept with. */
export interface LeaseKeeperOptions {
  readonly leases: PostgresLeases;
  readonly books: PostgresBudgetBook;
  readonly lost: LostOutboxes;
  /** Asks all replicas to give back what is unused of a window. */
  readonly recall: (window: LeaseKey) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const CLOSE_EVERY_MS = 1_000;
/** A window is recalled once in this time, however many attempts wait. */
const RECALL_EVERY_MS = 20;
const MAX_RECALLED = 10_000;

/** Grants leases, recalls what is unused where an attempt waits for it, and takes back what replicas that are gone have left. */
export class LeaseKeeper implements LeaseBook {
  readonly #options: LeaseKeeperOptions;
  readonly #recalledAtMs = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#close(), CLOSE_EVERY_MS).unref();
  }

  async exchange(exchange: LeaseExchange, nowMs: number): Promise<LeaseAnswer> {
    if (exchange.leases.length + exchange.asks.length === 0) return { leases: [], asks: [] };
    const answer = await this.#options.leases.exchange(exchange, nowMs);
    for (const ask of answer.asks) if (ask.kind === 'short' && ask.othersHave) this.#recall(ask.window);
    return answer;
  }

  book(nowMs: number): Promise<BudgetBook> {
    return this.#options.books.current(nowMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#closing;
  }

  #recall({ budget, startMs }: LeaseKey): void {
    const nowMs = this.#options.clock.monotonicMs();
    const text = leaseKeyText({ budget, startMs });
    if (nowMs - (this.#recalledAtMs.get(text) ?? Number.NEGATIVE_INFINITY) < RECALL_EVERY_MS) return;
    if (this.#recalledAtMs.size >= MAX_RECALLED) this.#recalledAtMs.clear();
    this.#recalledAtMs.set(text, nowMs);
    this.#options.recall({ budget, startMs });
  }

  #close(): void {
    this.#closing ??= this.#options.leases
      .closeLeases()
      .then(() => this.#options.lost.settle(this.#options.clock.wallMs()))
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'leases of replicas that are gone cannot be taken back now');
      })
      .finally(() => {
        this.#closing = undefined;
      });
  }
}
