import type { Postgres, Transaction } from '@switchyard/service-kit';
import type { Batch, BatchProblem, BatchState } from '../domain/batch/batch.ts';
import { FILE_KEPT_MS } from '../domain/batch/batch-limits.ts';
import type { WaitingBatches } from '../domain/batch/batch-to-leave.ts';
import type { LineEnd } from '../domain/batch/stored-file.ts';
import type { AnswerCipher } from './answer-cipher.ts';
import { BATCH_COLUMNS, type BatchRow, FREE_AT, OPEN_SQL, reached, toBatch } from './batch-rows.ts';
import { sealedFor } from './postgres-files.ts';

/** How long a lease lasts without being renewed. */
const LEASE = `interval '15 seconds'`;

const IS_FREE = `state IN (${OPEN_SQL}) AND (leased_until IS NULL OR ${FREE_AT} <= now())`;
/** Leases a batch until a moment, so that the version before keeps from one that has lines at a provider. */
const leasedUntil = (moment: string): string =>
  `resumable_at = ${moment}, leased_until = CASE WHEN leased_until = 'infinity' THEN leased_until ELSE ${moment} END`;
const UNDER_WAY = `FROM routing.batches AS busy
  WHERE busy.tenant = waiting.tenant AND busy.state IN (${OPEN_SQL}) AND coalesce(nullif(busy.leased_until, 'infinity'), busy.resumable_at) > now()`;

/** Of the batches that nobody works on the one that has waited for longest, of the tenant that has the fewest under way. */
const LEASE_ONE = `
  UPDATE routing.batches SET lease_id = $1, ${leasedUntil(`now() + ${LEASE}`)}
  WHERE id = (
    SELECT id FROM routing.batches AS waiting WHERE ${IS_FREE}
    ORDER BY (SELECT count(*) ${UNDER_WAY}), coalesce(${FREE_AT}, created_at)
    LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING ${BATCH_COLUMNS}`;

const WAITING = `SELECT NOT EXISTS (SELECT ${UNDER_WAY}) AS unserved FROM routing.batches AS waiting WHERE ${IS_FREE}
  ORDER BY unserved DESC LIMIT 1`;

/** The shared lock makes whoever takes the batch over wait: a line is begun before that, and seen by it, or not at all. */
const CLAIM = `
  WITH held AS (SELECT tenant, id FROM routing.batches WHERE id = $1 AND lease_id = $2 FOR SHARE)
  INSERT INTO routing.batch_lines AS line (tenant, batch_id, number, lease_id) SELECT tenant, id, $3, $2 FROM held
  ON CONFLICT (batch_id, number) DO UPDATE SET lease_id = excluded.lease_id
  WHERE line.state = 'running' AND line.lease_id = excluded.lease_id`;

/** A line that another process has begun is ended by whoever has the lease now. */
const END_LINE = `
  INSERT INTO routing.batch_lines AS known (tenant, batch_id, number, lease_id, state, sealed, bytes)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (batch_id, number) DO UPDATE
  SET state = excluded.state, sealed = excluded.sealed, bytes = excluded.bytes, lease_id = excluded.lease_id,
    reservation = NULL, decision = NULL
  WHERE known.state = 'running'`;

const COUNT_LINE = `
  UPDATE routing.batches SET answered = answered + ($2 = 'answered')::int, failed = failed + ($2 = 'failed')::int,
    cost_nano_usd = cost_nano_usd + $3 WHERE id = $1`;

const SHOW_RESULTS = `
  INSERT INTO routing.files (tenant, id, filename, purpose, bytes, batch_id, shows, expires_at)
  SELECT $1, $2, $3, 'batch_output', sum(bytes), $4, $5, now() + $6 * interval '1 millisecond'
  FROM routing.batch_lines WHERE batch_id = $4 AND state = $5 HAVING count(*) > 0`;

const KNOWN_LINES = `
  SELECT number, CASE WHEN state = 'running' AND provider_batch_id IS NOT NULL THEN 'at a provider' ELSE state END AS state
  FROM routing.batch_lines WHERE batch_id = $1`;

/** How far a line is that has begun. */
export type KnownLine = 'running' | 'at a provider' | LineEnd;

/** What a line has come to. */
export interface EndedLine {
  readonly number: number;
  readonly end: LineEnd;
  /** Its line of the output or error file. */
  readonly content: Buffer;
  readonly costNanoUsd: bigint;
}

/** A batch that this process works on. */
export interface LeasedBatch {
  readonly batch: Batch;
  readonly leaseId: string;
}

/** The end of a batch. */
export interface BatchEnd {
  readonly state: 'completed' | 'cancelled' | 'expired' | 'failed';
  /** Why it failed; empty for other ends. */
  readonly problems: readonly BatchProblem[];
  /** Ids of the files of results, which are made where there are lines to show. */
  readonly fileIds: Readonly<Record<LineEnd, string>>;
}

/** Batches as the replica changes them that works on them. Who has lost the lease changes nothing. */
export class PostgresBatchWork {
  readonly #postgres: Postgres;
  readonly #cipher: AnswerCipher;

  constructor(postgres: Postgres, cipher: AnswerCipher) {
    this.#postgres = postgres;
    this.#cipher = cipher;
  }

  /** A batch that nobody works on. */
  lease(leaseId: string): Promise<LeasedBatch | undefined> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<BatchRow>(LEASE_ONE, [leaseId]);
      return rows[0] === undefined ? undefined : { batch: toBatch(rows[0]), leaseId };
    });
  }

  /** What waits for somebody to work on it. */
  waiting(): Promise<WaitingBatches> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<{ unserved: boolean }>(WAITING);
      if (rows[0] === undefined) return 'none';
      return rows[0].unserved ? 'of an unserved tenant' : 'of a served tenant';
    });
  }

  /** Keeps a batch. @returns its state; undefined where another process has it */
  renew(leased: LeasedBatch): Promise<BatchState | undefined> {
    return this.#change(leased, { set: leasedUntil(`now() + ${LEASE}`) });
  }

  /** Gives a batch back, for whoever comes next; it waits from now on. */
  async release(leased: LeasedBatch): Promise<void> {
    await this.#change(leased, { set: `lease_id = NULL, ${leasedUntil('now()')}` });
  }

  /** Its file is in order. @returns undefined where it was cancelled in between, or the lease is lost */
  begin(leased: LeasedBatch, total: number): Promise<BatchState | undefined> {
    return this.#change(leased, {
      set: `total = $3, ${reached('in_progress')}`,
      values: [total],
      from: 'validating',
    });
  }

  /** Every line has ended. @returns as {@link begin} */
  finalize(leased: LeasedBatch): Promise<BatchState | undefined> {
    return this.#change(leased, { set: reached('finalizing'), from: 'in_progress' });
  }

  /** Lines that have begun, and whether they have ended. */
  knownLines({ batch }: LeasedBatch): Promise<ReadonlyMap<number, KnownLine>> {
    return this.#postgres.asTenant(batch.tenant, async (transaction) => {
      const { rows } = await transaction.query<{ number: number; state: KnownLine }>(KNOWN_LINES, [batch.id]);
      return new Map(rows.map(({ number, state }) => [number, state]));
    });
  }

  /** Begins a line. @returns false where the lease is lost */
  claim({ batch, leaseId }: LeasedBatch, number: number): Promise<boolean> {
    return this.#postgres.asTenant(batch.tenant, async (transaction) => {
      const { rowCount } = await transaction.query(CLAIM, [batch.id, leaseId, number]);
      return rowCount === 1;
    });
  }

  /** A line that was begun was not answered, and cost nothing: it may be begun again. */
  async unclaim({ batch, leaseId }: LeasedBatch, number: number): Promise<void> {
    await this.#postgres.asTenant(batch.tenant, (transaction) =>
      transaction.query(
        `DELETE FROM routing.batch_lines WHERE batch_id = $1 AND lease_id = $2 AND number = $3 AND state = 'running'`,
        [batch.id, leaseId, number],
      ),
    );
  }

  /** Ends a line, once. */
  async end(leased: LeasedBatch, { number, end, content, costNanoUsd }: EndedLine): Promise<void> {
    const { tenant, id } = leased.batch;
    const sealed = this.#cipher.seal(content, sealedFor({ tenant, owner: id, number }));
    const values = [tenant, id, number, leased.leaseId, end, sealed, content.length];
    await this.#postgres.asTenant(tenant, async (transaction) => {
      if (!(await lock(transaction, leased))) return;
      const { rowCount } = await transaction.query(END_LINE, values);
      if (rowCount === 1) await transaction.query(COUNT_LINE, [id, end, costNanoUsd.toString()]);
    });
  }

  /** Makes the files of results, and ends the batch. */
  finish(leased: LeasedBatch, { state, problems, fileIds }: BatchEnd): Promise<void> {
    const { tenant, id } = leased.batch;
    return this.#postgres.asTenant(tenant, async (transaction) => {
      if (!(await lock(transaction, leased))) return;
      const show = async (shows: LineEnd, filename: string) => {
        const values = [tenant, fileIds[shows], filename, id, shows, FILE_KEPT_MS];
        const { rowCount } = await transaction.query(SHOW_RESULTS, values);
        return rowCount === 1 ? fileIds[shows] : null;
      };
      const output = await show('answered', 'output.jsonl');
      const values = [output, await show('failed', 'errors.jsonl'), JSON.stringify(problems)];
      const set = `output_file_id = $3, error_file_id = $4, problems = $5, lease_id = NULL, leased_until = NULL, resumable_at = NULL, ${reached(state)}`;
      await change(transaction, leased, { set, values });
    });
  }

  #change(leased: LeasedBatch, asked: Change): Promise<BatchState | undefined> {
    return this.#postgres.asTenant(leased.batch.tenant, (transaction) => change(transaction, leased, asked));
  }
}

/** Keeps other processes from taking the batch over until the transaction ends. @returns false where one has */
export async function lock(transaction: Transaction, { batch, leaseId }: LeasedBatch): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT FROM routing.batches WHERE id = $1 AND lease_id = $2 FOR NO KEY UPDATE',
    [batch.id, leaseId],
  );
  return rowCount === 1;
}

interface Change {
  readonly set: string;
  /** From `$3`. */
  readonly values?: readonly unknown[];
  /** The state that it must be in. Default: any. */
  readonly from?: BatchState;
}

async function change(
  transaction: Transaction,
  { batch, leaseId }: LeasedBatch,
  { set, values = [], from }: Change,
): Promise<BatchState | undefined> {
  const only = from === undefined ? '' : `AND state = '${from}'`;
  const { rows } = await transaction.query<{ state: BatchState }>(
    `UPDATE routing.batches SET ${set} WHERE id = $1 AND lease_id = $2 ${only} RETURNING state`,
    [batch.id, leaseId, ...values],
  );
  return rows[0]?.state;
}
