import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { GetBudgetBookResponse } from '@switchyard/contracts/cost';
import type { Logger } from '@switchyard/service-kit';
import type { BudgetBook } from '../domain/budget/budget-book.ts';
import { budgetBookOf } from './budget-book-message.ts';

/** Keeps the last book of budgets on disk: a process that starts while cost-accounting is away must not spend as if there were none. */
export class BudgetBookFile {
  readonly #path: string;
  readonly #log: Logger;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** What was kept; undefined where there is nothing, or it cannot be read. */
  load(): BudgetBook | undefined {
    try {
      const kept = GetBudgetBookResponse.fromJSON(JSON.parse(readFileSync(this.#path, 'utf8')));
      return budgetBookOf(kept, this.#log);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#log.warn({ err: error }, 'the kept budgets cannot be read');
      return undefined;
    }
  }

  save(book: GetBudgetBookResponse): void {
    const text = JSON.stringify(GetBudgetBookResponse.toJSON(book));
    this.#writing = this.#writing.then(() => this.#write(text));
  }

  /** Returns once all is written. */
  dispose(): Promise<void> {
    return this.#writing;
  }

  async #write(text: string): Promise<void> {
    try {
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#log.warn({ err: error }, 'the budgets cannot be kept on disk');
    }
  }
}
