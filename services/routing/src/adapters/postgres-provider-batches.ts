import { OfferingPrice } from '@switchyard/contracts/cost';
import { UsageRecord } from '@switchyard/contracts/events';
import { Decision } from '@switchyard/contracts/routing';
import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { HandedBatch } from '../domain/batch/provider-batch.ts';
import { type LeasedBatch, lock } from './postgres-batch-work.ts';
import { bookedPricesOf, offeringPriceOf } from './price-book-message.ts';

/** A line that is in a provider's batch. */
export interface HandedLine {
  readonly number: number;
  readonly reservation: UsageRecord;
  readonly decision: Decision;
}

/** Lines that are about to be given to a provider. */
export interface NewHandedBatch
  extends Pick<HandedBatch, 'id' | 'provider' | 'endpoint' | 'model' | 'prices' | 'priceVersion'> {
  readonly lines: readonly HandedLine[];
}

const COLUMNS = `id, provider, endpoint, model, prices, price_version, state, remote_id, lines, returned, created_at, cancelled_at`;

const INSERT = `
  INSERT INTO routing.provider_batches (tenant, id, batch_id, provider, endpoint, model, prices, price_version, lines)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
const INSERT_LINES = `
  INSERT INTO routing.batch_lines (tenant, batch_id, number, lease_id, provider_batch_id, reservation, decision)
  SELECT $1, $2, line.number, $3, $4, line.reservation, line.decision
  FROM unnest($5::int[], $6::bytea[], $7::bytea[]) AS line (number, reservation, decision)`;
/** From now on the version before must not take it over: see the migration. */
const KEEP_FROM_OLD = `
  UPDATE routing.batches SET resumable_at = coalesce(nullif(leased_until, 'infinity'), resumable_at), leased_until = 'infinity' WHERE id = $1`;
const RETURN_LINES = `
  WITH gone AS (
    DELETE FROM routing.batch_lines
    WHERE batch_id = $1 AND provider_batch_id = $2 AND state = 'running' AND ($3::int[] IS NULL OR number = ANY ($3))
    RETURNING number
  )
  UPDATE routing.provider_batches SET returned = returned + (SELECT count(*) FROM gone) WHERE id = $2`;

/** Lines that are written in one statement: each has its decision with it, and requests that somebody waits for are not held up. */
const LINES_AT_ONCE = 100;

const columnsOf = (lines: readonly HandedLine[]) => [
  lines.map(({ number }) => number),
  lines.map(({ reservation }) => Buffer.from(UsageRecord.encode(reservation).finish())),
  lines.map(({ decision }) => Buffer.from(Decision.encode(decision).finish())),
];

interface Row {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly model: string;
  readonly prices: Buffer;
  readonly price_version: string;
  readonly state: HandedBatch['state'];
  readonly remote_id: string | null;
  readonly lines: number;
  readonly returned: number;
  readonly created_at: Date;
  readonly cancelled_at: Date | null;
}

const toHanded = (row: Row): HandedBatch => ({
  id: row.id,
  provider: row.provider,
  endpoint: row.endpoint,
  model: row.model,
  prices: bookedPricesOf(OfferingPrice.decode(row.prices)),
  priceVersion: row.price_version,
  state: row.state,
  remoteId: row.remote_id ?? undefined,
  lines: row.lines,
  returned: row.returned,
  createdAtMs: row.created_at.getTime(),
  cancelledAtMs: row.cancelled_at?.getTime(),
});

/** Which lines providers have in their own batches. Only whoever has a batch's lease changes anything. */
export class PostgresProviderBatches {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** Those of a batch, also ended ones, the oldest first. */
  of({ tenant, id }: { readonly tenant: string; readonly id: string }): Promise<HandedBatch[]> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rows } = await transaction.query<Row>(
        `SELECT ${COLUMNS} FROM routing.provider_batches WHERE batch_id = $1 ORDER BY created_at, id`,
        [id],
      );
      return rows.map(toHanded);
    });
  }

  /** Whether a provider's batch is another one of ours. @param id of the one that is looked for */
  isKnown(id: string, remoteId: string): Promise<boolean> {
    // Whoever's: a provider of the installation serves all tenants by one key.
    return this.#postgres.asSystem(async (transaction) => {
      const { rowCount } = await transaction.query(
        'SELECT FROM routing.provider_batches WHERE remote_id = $1 AND id <> $2',
        [remoteId, id],
      );
      return rowCount !== 0;
    });
  }

  /** Whether a tenant has lines in any: money is set aside for them that budgets may have again. */
  isAnyOpen(tenant: string): Promise<boolean> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rowCount } = await transaction.query(
        `SELECT FROM routing.provider_batches WHERE tenant = $1 AND state <> 'ended' LIMIT 1`,
        [tenant],
      );
      return rowCount !== 0;
    });
  }

  /** Writes down what is about to be submitted. @returns false where the lease is lost, and nothing was written */
  prepare(leased: LeasedBatch, { lines, ...made }: NewHandedBatch): Promise<boolean> {
    const { tenant, id } = leased.batch;
    const prices = OfferingPrice.encode(
      offeringPriceOf({ provider: '', model: made.model }, made.prices),
    ).finish();
    const row = [tenant, made.id, id, made.provider, made.endpoint, made.model, Buffer.from(prices)];
    return this.#change(leased, async (transaction) => {
      // It may be here already: a transaction whose end was not heard of is made again.
      const known = await transaction.query('SELECT FROM routing.provider_batches WHERE id = $1', [made.id]);
      if (known.rowCount !== 0) return;
      await transaction.query(INSERT, [...row, made.priceVersion, lines.length]);
      for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
        const columns = columnsOf(lines.slice(at, at + LINES_AT_ONCE));
        await transaction.query(INSERT_LINES, [tenant, id, leased.leaseId, made.id, ...columns]);
      }
      await transaction.query(KEEP_FROM_OLD, [id]);
    });
  }

  /** It is about to be made at the provider, or may have been a moment ago. @returns false where the lease is lost: then it must not be made */
  making(leased: LeasedBatch, id: string): Promise<boolean> {
    return this.#change(leased, (transaction) =>
      transaction.query(
        `UPDATE routing.provider_batches SET created_at = now() WHERE id = $1 AND state = 'prepared'`,
        [id],
      ),
    );
  }

  /** The provider has it. */
  submitted(leased: LeasedBatch, id: string, remoteId: string): Promise<boolean> {
    return this.#change(leased, (transaction) =>
      transaction.query(
        `UPDATE routing.provider_batches SET state = 'submitted', remote_id = $2 WHERE id = $1 AND state = 'prepared'`,
        [id, remoteId],
      ),
    );
  }

  /** The provider was told to end it. */
  cancelled(leased: LeasedBatch, id: string): Promise<boolean> {
    return this.#change(leased, (transaction) =>
      transaction.query('UPDATE routing.provider_batches SET cancelled_at = now() WHERE id = $1', [id]),
    );
  }

  /** Its lines that have not ended, by number. */
  lines({ batch }: LeasedBatch, id: string): Promise<ReadonlyMap<number, HandedLine>> {
    return this.#postgres.asTenant(batch.tenant, async (transaction) => {
      const { rows } = await transaction.query<{ number: number; reservation: Buffer; decision: Buffer }>(
        `SELECT number, reservation, decision FROM routing.batch_lines
         WHERE batch_id = $1 AND provider_batch_id = $2 AND state = 'running'`,
        [batch.id, id],
      );
      return new Map(
        rows.map(({ number, reservation, decision }) => [
          number,
          { number, reservation: UsageRecord.decode(reservation), decision: Decision.decode(decision) },
        ]),
      );
    });
  }

  /** Lines that were not answered, and may begin anew. @param numbers undefined: all that have not ended */
  giveBack(leased: LeasedBatch, id: string, numbers?: readonly number[]): Promise<boolean> {
    return this.#change(leased, (transaction) =>
      transaction.query(RETURN_LINES, [leased.batch.id, id, numbers ?? null]),
    );
  }

  /** The provider does not have it, and nothing was answered: as if it had never been, so that its lines may begin anew. */
  forget(leased: LeasedBatch, id: string): Promise<boolean> {
    return this.#change(leased, async (transaction) => {
      await transaction.query(RETURN_LINES, [leased.batch.id, id, null]);
      await transaction.query('DELETE FROM routing.provider_batches WHERE id = $1', [id]);
    });
  }

  /** Every line of it has ended, or was given back. */
  end(leased: LeasedBatch, id: string): Promise<boolean> {
    return this.#change(leased, (transaction) =>
      transaction.query(`UPDATE routing.provider_batches SET state = 'ended' WHERE id = $1`, [id]),
    );
  }

  /** @returns false where the lease is lost */
  #change(leased: LeasedBatch, change: (transaction: Transaction) => Promise<unknown>): Promise<boolean> {
    return this.#postgres.asTenant(leased.batch.tenant, async (transaction) => {
      if (!(await lock(transaction, leased))) return false;
      await change(transaction);
      return true;
    });
  }
}
