import { GetBudgetBookResponse } from '@switchyard/contracts/cost';
import { type Logger, Loop } from '@switchyard/service-kit';
import type { BudgetLeases } from '../runtime/budgets/budget-leases.ts';
import type { BudgetBookFile } from './budget-book-file.ts';
import { budgetBookOf } from './budget-book-message.ts';
import type { PostgresBudgetBook } from './postgres-budget-book.ts';

const RETRY_MS = 2_000;

export interface KeptBudgetBooksOptions {
  readonly file: BudgetBookFile;
  readonly shared: PostgresBudgetBook;
  readonly leases: Pick<BudgetLeases, 'isKnown' | 'setBook'>;
  readonly log: Logger;
}

/**
 * Keeps the last book of budgets, on disk and in the database: a process that starts while cost-accounting is away must not spend as if
 * there were none. Where neither can be read nothing is spent; where no replica was ever told a book there are no budgets.
 */
export class KeptBudgetBooks {
  readonly #options: KeptBudgetBooksOptions;
  readonly #saving: Loop;
  #unsaved: GetBudgetBookResponse | undefined;

  constructor(options: KeptBudgetBooksOptions) {
    this.#options = options;
    const { file, leases } = options;
    const kept = file.load();
    if (kept !== undefined) leases.setBook(kept);
    this.#saving = new Loop({ everyMs: RETRY_MS, run: () => this.#turn() });
  }

  /** The book was told. */
  save(book: GetBudgetBookResponse): void {
    this.#options.file.save(book);
    this.#unsaved = book;
    this.#saving.wake();
  }

  /** Looks for what other replicas were told, once, where this one knows of nothing; it is looked for again until it does. */
  async recover(): Promise<void> {
    const { file, shared, leases, log } = this.#options;
    if (leases.isKnown) return;
    try {
      const book = (await shared.load()) ?? GetBudgetBookResponse.fromPartial({});
      // cost-accounting may have told a newer one meanwhile.
      if (leases.isKnown) return;
      leases.setBook(budgetBookOf(book, log));
      file.save(book);
    } catch (error) {
      log.warn({ err: error }, 'it is not known yet which budgets there are; nothing is spent until then');
    }
  }

  /** Returns once the file is written. */
  async dispose(): Promise<void> {
    await this.#saving.close();
    await this.#options.file.dispose();
  }

  async #turn(): Promise<void> {
    await this.recover();
    const book = this.#unsaved;
    if (book === undefined) return;
    try {
      await this.#options.shared.save(book);
      if (this.#unsaved === book) this.#unsaved = undefined;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the budgets cannot be kept in the database now; trying again');
    }
  }
}
