import { Decision } from '@switchyard/contracts/routing';
import type { Postgres } from '@switchyard/service-kit';

/** Rows removed at once. */
const REMOVE_ROWS = 10_000;

/** Where decisions are kept for some days. */
export class PostgresDecisions {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Stores decisions; one that is stored already stays as it is. */
  insert(decisions: readonly Decision[]): Promise<void> {
    return this.#postgres.asSystem(async (transaction) => {
      await transaction.query(
        `INSERT INTO routing.decisions (tenant, request_id, decided_at, body)
         SELECT * FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::bytea[])
         ON CONFLICT (request_id) DO NOTHING`,
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
      const { rows } = await transaction.query<{ body: Buffer }>(
        'SELECT body FROM routing.decisions WHERE request_id = $1 AND tenant = $2',
        [requestId, tenant],
      );
      return rows[0] === undefined ? undefined : Decision.decode(rows[0].body);
    });
  }

  /** The decision of a request of whatever tenant: for the installation only. */
  findOfAny(requestId: string): Promise<Decision | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ body: Buffer }>(
        'SELECT body FROM routing.decisions WHERE request_id = $1',
        [requestId],
      );
      return rows[0] === undefined ? undefined : Decision.decode(rows[0].body);
    });
  }

  /** Removes some of what is older. @returns whether more may be left */
  removeOlderThan(before: Date): Promise<'more' | 'none left'> {
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
