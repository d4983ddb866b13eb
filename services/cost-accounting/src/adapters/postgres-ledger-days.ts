import type { Postgres } from '@switchyard/service-kit';
import { runLong } from './long-statement.ts';

const MS_PER_DAY = 24 * 3_600_000;
/** Most days remembered: more than a ledger has partitions. */
const MAX_KNOWN = 10_000;
const OLD_DAYS = `
  SELECT to_char(to_date(right(relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') AS day FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
  WHERE inhparent = 'cost_accounting.ledger'::regclass AND right(relname, 8) < $1
  ORDER BY 1 LIMIT 31`;

/** The ledger's partitions, one per UTC day, made before they are needed. */
export class LedgerDays {
  readonly #postgres: Postgres;
  #known = new Set<string>();

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Makes the partitions of days (`2026-07-02`) where they are missing; each in a transaction of its own, so that nothing waits for its locks. */
  async ensure(days: Iterable<string>): Promise<void> {
    for (const day of days) {
      if (this.#known.has(day)) continue;
      await this.#postgres.asSystem((transaction) =>
        transaction.query('SELECT cost_accounting.ensure_ledger_day($1)', [day]),
      );
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.add(day);
    }
  }

  /** Makes the partitions from a moment on. */
  async ensureAhead({ fromMs, days }: { fromMs: number; days: number }): Promise<void> {
    const ahead = Array.from({ length: days }, (_, i) => new Date(fromMs + i * MS_PER_DAY).toISOString());
    await this.ensure(ahead.map((time) => time.slice(0, 10)));
  }

  /**
   * Drops the partitions of days before a moment's that may be dropped, oldest first, at most 31 at once; each in a transaction of its own,
   * for as long as it takes to count what was in it.
   */
  async forgetBefore(ms: number, mayDrop: (day: string) => Promise<boolean>): Promise<void> {
    const { rows } = await this.#postgres.asSystem((transaction) =>
      transaction.query<{ day: string }>(OLD_DAYS, [
        new Date(ms).toISOString().slice(0, 10).replaceAll('-', ''),
      ]),
    );
    const text = 'SELECT cost_accounting.forget_ledger_day($1::text::date)';
    for (const { day } of rows)
      if (await mayDrop(day))
        await this.#postgres.asSystem((transaction) => runLong(transaction, { text, values: [day] }));
    if (rows.length > 0) this.forget();
  }

  /** Looks again: a partition that was known is gone. */
  forget(): void {
    this.#known.clear();
  }
}
