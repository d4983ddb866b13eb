import type { Postgres } from '@switchyard/service-kit';

/** Most days remembered: more than decisions are kept for. */
const MAX_KNOWN = 1_000;

/** The partitions of the decisions, one for each UTC day, made when a decision of the day is stored. */
export class DecisionDays {
  readonly #postgres: Postgres;
  readonly #known = new Set<string>();

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Makes the days of some moments where they are missing; each in a transaction of its own, so that nothing waits for its locks. */
  async ensure(moments: Iterable<Date>): Promise<void> {
    const days = new Set(Array.from(moments, (moment) => moment.toISOString().slice(0, 10)));
    for (const day of days) {
      if (this.#known.has(day)) continue;
      await this.#postgres.asSystem((transaction) =>
        transaction.query('SELECT routing.ensure_decision_day($1)', [day]),
      );
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.add(day);
    }
  }

  /** Removes the days that ended before a moment. @returns how many */
  async removeBefore(before: Date): Promise<number> {
    this.#known.clear();
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ dropped: number }>(
        'SELECT routing.drop_decision_days($1) AS dropped',
        [before],
      );
      return rows[0]?.dropped ?? 0;
    });
  }
}
