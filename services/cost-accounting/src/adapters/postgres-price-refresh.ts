import { GetPriceBookResponse, type OfferingPrice } from '@switchyard/contracts/cost';
import type { Postgres } from '@switchyard/service-kit';
import type { PriceRefreshStatus, PriceRefreshStore, RefreshedPrices } from '../ports.ts';

/** A replica that died while it refreshed is given up after this. */
const LEASE = `interval '10 minutes'`;
/** After a failure, or with another release's catalog, it is tried again at least hourly. */
const CLAIM = `
  UPDATE cost_accounting.price_refresh
  SET leased_until = now() + ${LEASE}, attempted_at = now(), failure = 'it was interrupted'
  WHERE leased_until < now()
    AND attempted_at + make_interval(hours => CASE WHEN failure = '' AND bundled_digest = $2 THEN $1 ELSE least($1, 1) END) <= now()
  RETURNING id`;
const SUCCEED = `
  UPDATE cost_accounting.price_refresh
  SET leased_until = '-infinity', failure = '', refreshed_at = now(), set_aside = $1, bundled_digest = $2, prices = $3`;
const FAIL = `UPDATE cost_accounting.price_refresh SET leased_until = '-infinity', failure = $1`;
const STATUS = `SELECT failure, leased_until > now() AS running, refreshed_at, set_aside FROM cost_accounting.price_refresh`;
const READ = `SELECT prices FROM cost_accounting.price_refresh WHERE bundled_digest = $1 AND prices IS NOT NULL`;

/** The last refresh in Postgres, and who is at the next one: one row for all replicas. */
export class PostgresPriceRefreshStore implements PriceRefreshStore {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  claim({ everyHours, bundledDigest }: { everyHours: number; bundledDigest: string }): Promise<boolean> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rowCount } = await transaction.query(CLAIM, [everyHours, bundledDigest]);
      return rowCount === 1;
    });
  }

  async succeed({ bundledDigest, prices, setAside }: RefreshedPrices): Promise<void> {
    const message = GetPriceBookResponse.encode({ version: '', terms: [], prices: [...prices] }).finish();
    await this.#postgres.asSystem((transaction) =>
      transaction.query(SUCCEED, [setAside, bundledDigest, Buffer.from(message)]),
    );
  }

  async fail(why: string): Promise<void> {
    await this.#postgres.asSystem((transaction) => transaction.query(FAIL, [why]));
  }

  status(): Promise<PriceRefreshStatus> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<StatusRow>(STATUS);
      const [row] = rows;
      return {
        failure: row === undefined || row.failure === '' || row.running ? undefined : row.failure,
        refreshedAt: row?.refreshed_at ?? undefined,
        setAside: row?.set_aside ?? 0,
      };
    });
  }

  read(bundledDigest: string): Promise<readonly OfferingPrice[] | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ prices: Uint8Array }>(READ, [bundledDigest]);
      return rows[0] && GetPriceBookResponse.decode(rows[0].prices).prices;
    });
  }
}

interface StatusRow {
  readonly failure: string;
  readonly running: boolean;
  readonly refreshed_at: Date | null;
  readonly set_aside: number;
}
