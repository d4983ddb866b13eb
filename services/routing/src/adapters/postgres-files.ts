import type { Postgres, Transaction } from '@switchyard/service-kit';
import { FILE_KEPT_MS, MAX_TENANT_BYTES, MAX_TENANT_FILES } from '../domain/batch/batch-limits.ts';
import { cutChunks } from '../domain/batch/cut-lines.ts';
import type { StoredFile } from '../domain/batch/stored-file.ts';
import { fileInUse, fileNotFound, fileUnreadable, tooManyFiles } from '../errors.ts';
import type { AnswerCipher } from './answer-cipher.ts';
import { type BatchPage, pageQuery } from './batch-paging.ts';
import { FILE_COLUMNS, type FileRow, OPEN_SQL, toFile } from './batch-rows.ts';

/** Bytes of contents that are read at once, about. */
const READ_BYTES = 4 * 1024 ** 2;

/** Files, and batches, that are removed at once. */
const REMOVE_ROWS = 100;

/** A file that is to be kept. */
export interface NewFile {
  readonly tenant: string;
  readonly id: string;
  readonly filename: string;
  readonly data: Buffer;
}

const INSERT = `
  INSERT INTO routing.files (tenant, id, filename, purpose, bytes, expires_at)
  VALUES ($1, $2, $3, 'batch', $4, now() + $5 * interval '1 millisecond')
  RETURNING ${FILE_COLUMNS}`;

/** Chunks of an uploaded file, or a batch's lines, up to so many bytes; one at least. */
const CHUNKS = `
  SELECT number, sealed FROM (
    SELECT number, sealed, sum(octet_length(sealed)) OVER (ORDER BY number) - octet_length(sealed) AS before
    FROM routing.file_chunks WHERE file_id = $1 AND number > $2 ORDER BY number LIMIT 64
  ) AS page WHERE before < ${READ_BYTES} ORDER BY number`;

const RESULTS = `
  SELECT number, sealed FROM (
    SELECT number, sealed, sum(bytes) OVER (ORDER BY number) - bytes AS before
    FROM routing.batch_lines WHERE batch_id = $1 AND number > $2 AND state = ANY ($3) AND sealed IS NOT NULL
    ORDER BY number LIMIT 1000
  ) AS page WHERE before < ${READ_BYTES} ORDER BY number`;

/** However old a file is: a batch that has not ended reads it, also one that nobody could work on for days. */
const IS_READ = `EXISTS (SELECT FROM routing.batches AS batch
  WHERE batch.tenant = files.tenant AND batch.input_file_id = files.id AND batch.state IN (${OPEN_SQL}))`;
/** Whether a row of `routing.files` is one that its tenant still has. */
export const IS_THERE = `(expires_at > now() OR ${IS_READ})`;

const EXPIRED = `
  SELECT ${FILE_COLUMNS} FROM routing.files WHERE expires_at <= now() AND NOT ${IS_READ} ORDER BY expires_at LIMIT ${REMOVE_ROWS} FOR UPDATE SKIP LOCKED`;

interface SealedRow {
  readonly number: number;
  readonly sealed: Buffer;
}

/** Files of batches in Postgres, encrypted. Each is read by its own tenant alone. */
export class PostgresFiles {
  readonly #postgres: Postgres;
  readonly #cipher: AnswerCipher;

  constructor(postgres: Postgres, cipher: AnswerCipher) {
    this.#postgres = postgres;
    this.#cipher = cipher;
  }

  /** @throws TOO_MANY_FILES */
  create({ tenant, id, filename, data }: NewFile): Promise<StoredFile> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      await refuseTooMany(transaction, { tenant, bytes: data.length });
      const { rows } = await transaction.query<FileRow>(INSERT, [
        tenant,
        id,
        filename,
        data.length,
        FILE_KEPT_MS,
      ]);
      let number = 0;
      for (const chunk of cutChunks(data)) {
        const sealed = this.#cipher.seal(chunk, sealedFor({ tenant, owner: id, number }));
        await transaction.query(
          'INSERT INTO routing.file_chunks (tenant, file_id, number, sealed) VALUES ($1, $2, $3, $4)',
          [tenant, id, number++, sealed],
        );
      }
      return toFile(rows[0] as FileRow);
    });
  }

  /** Undefined where the tenant has none of this id. */
  find(tenant: string, id: string): Promise<StoredFile | undefined> {
    return this.#postgres.asTenant(tenant, (transaction) => findFile(transaction, tenant, id));
  }

  /** @param page with a purpose: only files that have it */
  list(
    tenant: string,
    { purpose = '', ...page }: BatchPage & { readonly purpose?: string | undefined },
  ): Promise<StoredFile[]> {
    const { clause, values } = pageQuery(page, 3);
    return this.#postgres.asTenant(tenant, async (transaction) => {
      const { rows } = await transaction.query<FileRow>(
        `SELECT ${FILE_COLUMNS} FROM routing.files
         WHERE tenant = $1 AND $2 IN ('', purpose) AND ${IS_THERE} ${clause}`,
        [tenant, purpose, ...values],
      );
      return rows.map(toFile);
    });
  }

  /** Removes a file with its contents. @throws FILE_NOT_FOUND, FILE_IN_USE while a batch reads it */
  remove(tenant: string, id: string): Promise<void> {
    return this.#postgres.asTenant(tenant, async (transaction) => {
      // Whoever makes a batch of it waits, or was there before and is seen below.
      await transaction.query('SELECT FROM routing.files WHERE tenant = $1 AND id = $2 FOR UPDATE', [
        tenant,
        id,
      ]);
      const file = await findFile(transaction, tenant, id);
      if (file === undefined) throw fileNotFound();
      const { rowCount } = await transaction.query(
        `SELECT FROM routing.files WHERE tenant = $1 AND id = $2 AND ${IS_READ}`,
        [tenant, id],
      );
      if (rowCount !== 0) throw fileInUse();
      await removeFile(transaction, file);
    });
  }

  /** Removes what has expired: files, and batches as old as the oldest files can be. */
  removeExpired(): Promise<'more' | 'none left'> {
    return this.#postgres.asSystem(async (transaction) => {
      const { rows } = await transaction.query<FileRow>(EXPIRED);
      for (const row of rows) await removeFile(transaction, toFile(row));
      await transaction.query(
        `DELETE FROM routing.batches WHERE id IN (SELECT id FROM routing.batches
           WHERE created_at < now() - $1 * interval '1 millisecond' AND state NOT IN (${OPEN_SQL}) LIMIT ${REMOVE_ROWS})`,
        [2 * FILE_KEPT_MS],
      );
      return rows.length < REMOVE_ROWS ? 'none left' : 'more';
    });
  }

  /** The contents of a file, in pieces of whole lines. @throws FILE_UNREADABLE */
  async *contents({ tenant, id, results }: StoredFile): AsyncGenerator<Buffer, void, undefined> {
    if (results === undefined) yield* this.#sealed({ tenant, owner: id }, CHUNKS, []);
    else yield* this.#sealed({ tenant, owner: results.batchId }, RESULTS, [[results.shows]]);
  }

  /** What came of a batch's lines after a number, each as a line of a file. */
  results(batch: { readonly tenant: string; readonly id: string }, after: number): AsyncGenerator<Buffer> {
    return this.#sealed({ tenant: batch.tenant, owner: batch.id, after }, RESULTS, [['answered', 'failed']]);
  }

  async *#sealed(
    {
      tenant,
      owner,
      after = -1,
    }: { readonly tenant: string; readonly owner: string; readonly after?: number },
    statement: string,
    values: readonly unknown[],
  ): AsyncGenerator<Buffer, void, undefined> {
    for (let last = after; ; ) {
      const { rows } = await this.#postgres.asTenant(tenant, (transaction) =>
        transaction.query<SealedRow>(statement, [owner, last, ...values]),
      );
      for (const { number, sealed } of rows) {
        const piece = this.#cipher.open(sealed, sealedFor({ tenant, owner, number }));
        if (piece === undefined) throw fileUnreadable();
        yield piece;
        last = number;
      }
      if (rows.length === 0) return;
    }
  }
}

async function findFile(
  transaction: Transaction,
  tenant: string,
  id: string,
): Promise<StoredFile | undefined> {
  const { rows } = await transaction.query<FileRow>(
    `SELECT ${FILE_COLUMNS} FROM routing.files WHERE tenant = $1 AND id = $2 AND ${IS_THERE}`,
    [tenant, id],
  );
  return rows[0] === undefined ? undefined : toFile(rows[0]);
}

async function removeFile(transaction: Transaction, { id, results }: StoredFile): Promise<void> {
  await transaction.query('DELETE FROM routing.files WHERE id = $1', [id]);
  if (results !== undefined)
    await transaction.query(
      'UPDATE routing.batch_lines SET sealed = NULL WHERE batch_id = $1 AND state = $2',
      [results.batchId, results.shows],
    );
}

/** Uploads at the same moment may go past the bounds by what they bring. */
async function refuseTooMany(
  transaction: Transaction,
  { tenant, bytes }: { readonly tenant: string; readonly bytes: number },
): Promise<void> {
  const { rows } = await transaction.query<{ files: number; bytes: string }>(
    'SELECT count(*)::int AS files, coalesce(sum(bytes), 0) AS bytes FROM routing.files WHERE tenant = $1',
    [tenant],
  );
  const [had] = rows;
  if (had === undefined) return;
  if (had.files >= MAX_TENANT_FILES) throw tooManyFiles(`${MAX_TENANT_FILES} files`);
  if (Number(had.bytes) + bytes > MAX_TENANT_BYTES) throw tooManyFiles(`${MAX_TENANT_BYTES} bytes of files`);
}

/** What a piece of a file belongs to: it decrypts nowhere else. */
export const sealedFor = ({
  tenant,
  owner,
  number,
}: {
  readonly tenant: string;
  /** Id of the file, or of the batch. */
  readonly owner: string;
  readonly number: number;
}) => ({ tenant, knownToCallers: owner, about: String(number) });
