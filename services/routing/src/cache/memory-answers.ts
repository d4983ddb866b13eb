import { LRUCache } from 'lru-cache';
import { type ClearScope, isCleared } from '../domain/cache/clear-scope.ts';
import type { AgedAnswer, KeptAnswer } from '../domain/cache/kept-answer.ts';

/** How much is kept in memory. */
export interface MemoryBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** An answer, and when it was made, monotonic. */
interface Entry {
  readonly answer: KeptAnswer;
  readonly madeAtMs: number;
  readonly bytes: number;
}

/** Tenants whose last clearing is remembered. */
const MAX_TENANTS_CLEARED = 10_000;

/** An answer is objects and strings here: about twice its bytes on the wire, and what it takes to be found. */
const sizeInMemory = ({ bytes }: Entry): number => 2 * bytes + 1_024;

/** Answers in this process, the least recently used leaving first. */
export class MemoryAnswers {
  readonly #entries: LRUCache<string, Entry>;
  readonly #epochs = new LRUCache<string, number>({ max: MAX_TENANTS_CLEARED });
  #epoch = 0;

  constructor({ maxBytes, maxEntries }: MemoryBounds) {
    this.#entries = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: sizeInMemory });
  }

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /** @param nowMs monotonic, as in {@link put} */
  get(key: string, nowMs: number): AgedAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { answer, madeAtMs } = entry;
    const ageMs = nowMs - madeAtMs;
    if (ageMs < answer.ttlMs) return { answer, ageMs };
    this.#entries.delete(key);
    return undefined;
  }

  /** @param bytes of the answer on the wire */
  put(
    key: string,
    { answer, ageMs }: AgedAnswer,
    { nowMs, bytes }: { readonly nowMs: number; readonly bytes: number },
  ): void {
    this.#entries.set(key, { answer, madeAtMs: nowMs - ageMs, bytes });
  }

  /** Changes whenever answers of the tenant are cleared: what was asked before is not to be kept after. */
  epochOf(tenant: string): number {
    return this.#epochs.get(tenant) ?? this.#epoch;
  }

  /** @returns how many were removed */
  clear(scope: ClearScope): number {
    const { tenant } = scope;
    this.#epochs.set(tenant, this.epochOf(tenant) + 1);
    const cleared = [...this.#entries.entries()].filter(([key, { answer }]) =>
      isCleared(scope, {
        key,
        tenant: answer.tenant,
        requestedModel: answer.requestedModel,
        servedModel: answer.response.route?.model ?? '',
      }),
    );
    for (const [key] of cleared) this.#entries.delete(key);
    return cleared.length;
  }

  clearAll(): void {
    this.#epochs.clear();
    this.#epoch += MAX_TENANTS_CLEARED;
    this.#entries.clear();
  }
}
