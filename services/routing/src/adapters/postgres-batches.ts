import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { Batch } from '../domain/batch/batch.ts';
import { BATCH_WINDOW_MS, MAX_OPEN_BATCHES } from '../domain/batch/batch-limits.ts';
import { batchEnded, batchNotFound, fileNotFound, tooManyBatches } from '../errors.ts';
import { type BatchPage, pageQuery } from './batch-paging.ts';
import { BATCH_COLUMNS, type BatchRow, OPEN_SQL, reached, toBatch } from './batch-rows.ts';
import { IS_THERE } from './postgres-files.ts';

/** A batch that is to begin. */
export interface NewBatch
  extends Pick<
    Batch,
    'tenant' | 'id' | 'inputFileId' | 'endpoint' | 'keyId' | 'metadata' | 'providerBatches'
  > {}

/** The file outlives the batch, also one that waits long for a replica. */
const KEEP_FILE = `
  UPDATE routing.files SET expires_at = greatest(expires_at, now() + $3 * interval '1 millisecond')
  WHERE tenant = $1 AND id = $2 AND ${IS_THERE}`;
const FILE_SPARED_MS = 7 * BATCH_WINDOW_MS;

const INSERT = `
  INSERT INTO routing.batches (tenant, id, input_file_id, endpoint, key_id, metadata, expires_at, provider_batches)
  VALUES ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 millisecond', $8)
  RETURNING ${BATCH_COLUMNS}`;

/** A batch that has been cancelled before it began anything goes the same way: a replica ends it. */
const CANCEL = `
  UPDATE routing.batches SET ${reached('cancelling')}
  WHERE tenant = $1 AND id = $2 AND state IN ('validating', 'in_progress')
  RETURNING ${BATCH_COLUMNS}`;

/** Batches in Postgres, as callers see and change them. */
export class PostgresBatches {
  readonly #postgres: Postgres;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** @throws TOO_MANY_BATCHES, FILE_NOT_FOUND where its file is gone */
  create({ tenant, id, inputFileId, endpoint, keyId, metadata, providerBatches }: NewBatch): Promise<Batch> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      await refuseTooMany(transaction, tenant);
      // Whoever removes the file waits for this transaction, and then sees the batch.
      const { rowCount } = await transaction.query(KEEP_FILE, [tenant, inputFileId, FILE_SPARED_MS]);
      if (rowCount === 0) throw fileNotFound();
      const { rows } = await transaction.query<BatchRow>(INSERT, [
        tenant,
        id,
        inputFileId,
        endpoint,
        keyId,
        JSON.stringify(metadata),
        BATCH_WINDOW_MS,
        providerBatches,
      ]);
      return toBatch(rows[0] as BatchRow);
    });
  }

  /** @throws BATCH_NOT_FOUND where the tenant has none of this id */
  get(tenant: string, id: string): Promise<Batch> {
    return this.#postgres.asTenant(tenant, (transaction) => findBatch(transaction, tenant, id));
  }

  list(tenant: string, page: BatchPage): Promise<Batch[]> {
    const { clause, values } = pageQuery(page, 2);
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rows } = await transaction.query<BatchRow>(
        `SELECT ${BATCH_COLUMNS} FROM routing.batches WHERE tenant = $1 ${clause}`,
        [tenant, ...values],
      );
      return rows.map(toBatch);
    });
  }

  /** Lets no further line begin. @throws BATCH_NOT_FOUND, BATCH_ENDED */
  cancel(tenant: string, id: string): Promise<Batch> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rows } = await transaction.query<BatchRow>(CANCEL, [tenant, id]);
      if (rows[0] !== undefined) return toBatch(rows[0]);
      const batch = await findBatch(transaction, tenant, id);
      if (batch.state === 'cancelling') return batch;
      throw batchEnded(batch.state);
    });
  }
}

async function findBatch(transaction: Transaction, tenant: string, id: string): Promise<Batch> {
  const { rows } = await transaction.query<BatchRow>(
    `SELECT ${BATCH_COLUMNS} FROM routing.batches WHERE tenant = $1 AND id = $2`,
    [tenant, id],
  );
  if (rows[0] === undefined) throw batchNotFound();
  return toBatch(rows[0]);
}

async function refuseTooMany(transaction: Transaction, tenant: string): Promise<void> {
  const { rows } = await transaction.query<{ open: number }>(
    `SELECT count(*)::int AS open FROM routing.batches WHERE tenant = $1 AND state IN (${OPEN_SQL})`,
    [tenant],
  );
  if ((rows[0]?.open ?? 0) >= MAX_OPEN_BATCHES) throw tooManyBatches(MAX_OPEN_BATCHES);
}
