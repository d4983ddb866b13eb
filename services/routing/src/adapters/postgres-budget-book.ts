import { GetBudgetBookResponse } from '@switchyard/contracts/cost';
import type { Postgres } from '@switchyard/service-kit';

/** The last book of budgets that any replica was told, for those that start without a file while cost-accounting is away. */
export class PostgresBudgetBook {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Undefined where no replica was ever told one. @throws UNAVAILABLE */
  async load(): Promise<GetBudgetBookResponse | undefined> {
    const { rows } = await this.#postgres.asSystem((transaction) =>
      transaction.query<{ body: Buffer }>('SELECT body FROM routing.budget_book'),
    );
    return rows[0] && GetBudgetBookResponse.decode(rows[0].body);
  }

  /** @throws UNAVAILABLE */
  async save(book: GetBudgetBookResponse): Promise<void> {
    const body = Buffer.from(GetBudgetBookResponse.encode(book).finish());
    await this.#postgres.asSystem((transaction) =>
      transaction.query(
        `INSERT INTO routing.budget_book (body) VALUES ($1)
         ON CONFLICT (is_only_one) DO UPDATE SET body = excluded.body, told_at = now()`,
        [body],
      ),
    );
  }
}
