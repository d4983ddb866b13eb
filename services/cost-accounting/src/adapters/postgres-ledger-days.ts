import type { Postgres } from '@switchyard/service-kit';

const MS_PER_DAY = 24 * 3_600_000;
/** Most days remembered: more than a ledger has partitions. */
const MAX_KNOWN = 10_000;

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

  /** Looks again: a partition that was known is gone. */
  forget(): void {
    this.#known.clear();
  }
}
