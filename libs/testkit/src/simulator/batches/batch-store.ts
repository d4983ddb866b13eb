import type { BatchStats } from '../stats/simulator-stats.ts';

/** A file that was brought, or one of results. */
export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly text: string;
  readonly createdUnixMs: number;
}

/** One request of a batch. */
export interface BatchLine {
  readonly customId: string;
  /** Path that it is for. */
  readonly path: string;
  readonly body: unknown;
}

/** What came of it. */
export interface LineOutcome {
  readonly customId: string;
  readonly kind: 'answered' | 'expired' | 'cancelled';
  /** 0 where it was not answered. */
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string;
}

/** Where a batch stands. */
export type BatchState = 'running' | 'completed' | 'expired' | 'cancelled' | 'failed';

/** A batch. It is replaced as a whole when it ends. */
export interface StoredBatch {
  readonly id: string;
  readonly lines: readonly BatchLine[];
  readonly state: BatchState;
  readonly createdUnixMs: number;
  /** When its lines are answered. */
  readonly dueUnixMs: number;
  readonly endedUnixMs: number | undefined;
  /** In an order of the provider's own; empty before its end. */
  readonly outcomes: readonly LineOutcome[];
  /** Code of why it failed. */
  readonly failure: string | undefined;
  /** What the caller said of it, as the format has it. */
  readonly said: Readonly<Record<string, unknown>>;
}

const MAX_KEPT = 1_000;

/** Files and batches of one provider, the newest 1,000 of each. */
export class BatchStore {
  readonly #files = new Map<string, StoredFile>();
  readonly #batches = new Map<string, StoredBatch>();
  #created = 0;
  #ended = 0;
  #lines = 0;
  #served = 0;

  keepFile(file: StoredFile): void {
    keep(this.#files, file);
  }

  file(id: string): StoredFile | undefined {
    return this.#files.get(id);
  }

  create(batch: StoredBatch): void {
    keep(this.#batches, batch);
    this.#created++;
    this.#lines += batch.lines.length;
  }

  batch(id: string): StoredBatch | undefined {
    return this.#batches.get(id);
  }

  /** The newest first. */
  batches(): StoredBatch[] {
    return [...this.#batches.values()].reverse();
  }

  /** Takes the place of a batch that was running. */
  end(batch: StoredBatch): void {
    this.#batches.set(batch.id, batch);
    this.#ended++;
    this.#served += batch.outcomes.filter(({ status }) => status === 200).length;
  }

  counts(): BatchStats {
    return { created: this.#created, ended: this.#ended, lines: this.#lines, served: this.#served };
  }
}

function keep<T extends { readonly id: string }>(map: Map<string, T>, one: T): void {
  map.set(one.id, one);
  const [oldest] = map.keys();
  if (map.size > MAX_KEPT && oldest !== undefined) map.delete(oldest);
}
