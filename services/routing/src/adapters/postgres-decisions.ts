import { Decision } from '@switchyard/contracts/routing';
import type { Postgres } from '@switchyard/service-kit';
import { DecisionDays } from './postgres-decision-days.ts';

/** Rows removed at once. */
const REMOVE_ROWS = 10_000;

interface StoredDecision {
  readonly tenant: string;
  readonly body: Buffer;
}

/** The old table is read until what it holds is too old. */
const SELECT_BY_REQUEST = `
  SELECT tenant, body FROM routing.decision_log WHERE request_id = $1
  UNION ALL SELECT tenant, body FROM routing.decisions WHERE request_id = $1
  LIMIT 2`;

const decode = (stored: StoredDecision | undefined): Decision | undefined =>
  stored === undefined ? undefined : Decision.decode(stored.body);

/** Where decisions are kept for some days. */
export class PostgresDecisions {
  readonly #postgres: Postgres;
  readonly #days: DecisionDays;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
    this.#days = new DecisionDays(postgres);
  }

  /** Stores decisions; one that is stored already stays as it is. */
  async insert(decisions: readonly Decision[]): Promise<void> {
    await this.#days.ensure(decisions.flatMap(({ decidedAt }) => decidedAt ?? []));
    await this.#postgres.asSystem(async (transaction) => {
      await transaction.query(
        `INSERT INTO routing.decision_log (tenant, request_id, decided_at, body)
         SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bytea[])
         ON CONFLICT (request_id, decided_at) DO NOTHING`,
        [
          decisions.map(({ tenant }) => tenant),
          decisions.map(({ requestId }) => requestId),
          decisions.map(({ decidedAt }) => decidedAt),
          decisions.map((decision) => Decision.encode(decision).finish()),
        ],
      );
    });
  }

  /** The decision of a request of a tenant; undefined where there is none. */
  find(tenant: string, requestId: string): Promise<Decision | undefined> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rows } = await transaction.query<StoredDecision>(SELECT_BY_REQUEST, [requestId]);
      return decode(rows.find((row) => row.tenant === tenant));
    });
  }

  /** The decision of a request of whatever tenant: for the installation only. */
  findOfAny(requestId: string): Promise<Decision | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<StoredDecision>(SELECT_BY_REQUEST, [requestId]);
      return decode(rows[0]);
    });
  }

  /** Removes the days that ended before a moment, and some of what the old table holds from before. @returns whether more may be left */
  async removeOlderThan(before: Date): Promise<'more' | 'none left'> {
    await this.#days.removeBefore(before);
    return this.#postgres.asSystem(async (transaction) => {
      const { rowCount } = await transaction.query(
        `DELETE FROM routing.decisions WHERE request_id IN
           (SELECT request_id FROM routing.decisions WHERE decided_at < $1 ORDER BY decided_at LIMIT ${REMOVE_ROWS})`,
        [before],
      );
      return (rowCount ?? 0) < REMOVE_ROWS ? 'none left' : 'more';
    });
  }
}
