import type { Decision } from '@switchyard/contracts/routing';
import type { Postgres } from '@switchyard/service-kit';
import { decodeDecision, type EncodedDecision } from './encoded-decision.ts';
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

const decode = (stored: StoredDecision | undefined): Decision | undefined => stored && decodeDecision(stored);

/**
 * The rows of some decisions, with the place of each body in all bodies together. One value of bytes goes to the server as it is; a list
 * of them is written out in hexadecimal, which took more time than to make the bytes.
 */
function rowsOf(decisions: readonly EncodedDecision[]): object[] {
  let next = 1;
  return decisions.map(({ tenant, requestId: request_id, decidedAt: decided_at, body }) => {
    const first_byte = next;
    next += body.length;
    return { tenant, request_id, decided_at, first_byte, bytes: body.length };
  });
}

/** Where decisions are kept for some days. */
export class PostgresDecisions {
  readonly #postgres: Postgres;
  readonly #days: DecisionDays;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
    this.#days = new DecisionDays(postgres);
  }

  /** Stores decisions; one that is stored already stays as it is. */
  async insert(decisions: readonly EncodedDecision[]): Promise<void> {
    await this.#days.ensure(decisions.flatMap(({ decidedAt }) => decidedAt ?? []));
    await this.#postgres.asSystem(async (transaction) => {
      await transaction.query(
        `INSERT INTO routing.decision_log (tenant, request_id, decided_at, body)
         SELECT tenant, request_id, decided_at, substring($2::bytea FROM first_byte FOR bytes)
         FROM json_to_recordset($1::json)
           AS decision (tenant text, request_id uuid, decided_at timestamptz, first_byte int, bytes int)
         ON CONFLICT (request_id, decided_at) DO NOTHING`,
        [JSON.stringify(rowsOf(decisions)), Buffer.concat(decisions.map(({ body }) => body))],
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
