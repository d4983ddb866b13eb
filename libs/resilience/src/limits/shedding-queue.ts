/** How urgent a request is. */
export type Priority = 'high' | 'normal' | 'low';

/** Most urgent first. */
export const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low'];

/** Bounds of a queue. */
export interface SheddingQueueOptions {
  /** Most items in it, from 0. */
  readonly most: number;
  /** Longest wait of an item while the queue only takes up a burst, in milliseconds. Default 100. */
  readonly burstMs?: number;
  /** And once it has not been empty for so long: then waiting helps nobody. Default 20. */
  readonly standingMs?: number;
}

/** A queue that sheds is empty now and then for that reason alone: it stands until nobody had to be shed for so long. */
const CALM_MS = 1_000;

/**
 * A bounded queue that sheds the least urgent first. A burst may wait; in a queue that stands, nobody waits for long, so that
 * whoever is refused knows it at once: CoDel as servers use it (Maurer, "Fail at Scale", ACM Queue 13(8), 2015).
 */
export class SheddingQueue<Item> {
  readonly #most: number;
  readonly #burstMs: number;
  readonly #standingMs: number;
  /** Items by when they came, the oldest first. */
  readonly #waiting: Readonly<Record<Priority, Map<Item, number>>> = {
    high: new Map(),
    normal: new Map(),
    low: new Map(),
  };
  #size = 0;
  #lastEmptyMs = Number.NEGATIVE_INFINITY;
  #lastShedMs = Number.NEGATIVE_INFINITY;

  constructor({ most, burstMs = 100, standingMs = 20 }: SheddingQueueOptions) {
    this.#most = most;
    this.#burstMs = burstMs;
    this.#standingMs = standingMs;
  }

  get size(): number {
    return this.#size;
  }

  sizeOf(priority: Priority): number {
    return this.#waiting[priority].size;
  }

  /** @returns who is shed for it: the one that came first of the least urgent; the item itself where nobody is less urgent */
  push(item: Item, priority: Priority, nowMs: number): Item | undefined {
    if (this.#size === 0) this.#lastEmptyMs = nowMs;
    let shed: Item | undefined;
    if (this.#size >= this.#most) {
      this.#lastShedMs = nowMs;
      shed = this.#firstBelow(priority);
      if (shed === undefined) return item;
      this.remove(shed);
    }
    this.#waiting[priority].set(item, nowMs);
    this.#size++;
    return shed;
  }

  /** Whose turn it is. */
  shift(): Item | undefined {
    for (const priority of PRIORITIES)
      for (const item of this.#waiting[priority].keys()) {
        this.remove(item);
        return item;
      }
    return undefined;
  }

  /** @returns whether it was in the queue */
  remove(item: Item): boolean {
    const removed = PRIORITIES.some((priority) => this.#waiting[priority].delete(item));
    if (removed) this.#size--;
    return removed;
  }

  /** Takes out those that have waited for too long. */
  shedOverdue(nowMs: number): Item[] {
    const dueMs = nowMs - this.#longestWaitMs(nowMs);
    const overdue: Item[] = [];
    for (const waiting of Object.values(this.#waiting))
      for (const [item, atMs] of waiting) {
        if (atMs > dueMs) break;
        overdue.push(item);
      }
    for (const item of overdue) this.remove(item);
    if (overdue.length > 0) this.#lastShedMs = nowMs;
    return overdue;
  }

  #longestWaitMs(nowMs: number): number {
    const stands = nowMs - this.#lastEmptyMs > this.#burstMs || nowMs - this.#lastShedMs < CALM_MS;
    return stands ? this.#standingMs : this.#burstMs;
  }

  #firstBelow(priority: Priority): Item | undefined {
    for (const lower of [...PRIORITIES].reverse()) {
      if (lower === priority) return undefined;
      for (const item of this.#waiting[lower].keys()) return item;
    }
    return undefined;
  }
}
