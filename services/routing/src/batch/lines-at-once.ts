import type { BatchLine } from '../domain/batch/read-line.ts';
import { askLine, type LineWork } from './ask-line.ts';
import type { BatchContext } from './batch-context.ts';

/** Asks lines of a batch by themselves, so many at once. */
export class LinesAtOnce {
  readonly #work: LineWork;
  readonly #context: BatchContext;
  readonly #active = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  constructor(work: LineWork, context: BatchContext) {
    this.#work = work;
    this.#context = context;
  }

  /** Something broke off that is no answer: no further line is to begin. */
  get hasFailed(): boolean {
    return this.#failures.length > 0;
  }

  /** Begins a line as soon as there is room. Nothing where no line may begin any more. */
  async begin(line: BatchLine): Promise<void> {
    const { lease } = this.#work;
    if (this.hasFailed || lease.pause.aborted) return;
    const asking = lease
      .line(() => askLine(line, this.#work, this.#context))
      .catch((error: unknown) => this.fail(error))
      .finally(() => this.#active.delete(asking));
    this.#active.add(asking);
    if (this.#active.size >= this.#context.linesAtOnce) await Promise.race(this.#active);
  }

  /** Something broke off. */
  fail(error: unknown): void {
    this.#failures.push(error);
    this.#work.lease.leave();
  }

  /**
   * Waits for what is under way, also where the file cannot be read on: the lease is renewed until then, and nobody else takes it for
   * interrupted. @throws what broke off
   */
  async end(): Promise<void> {
    await Promise.all(this.#active);
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}
