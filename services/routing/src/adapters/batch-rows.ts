import {
  type Batch,
  type BatchProblem,
  type BatchState,
  OPEN_STATES,
  type ProviderBatchUse,
} from '../domain/batch/batch.ts';
import type { LineEnd, StoredFile } from '../domain/batch/stored-file.ts';

export const FILE_COLUMNS = 'tenant, id, filename, purpose, bytes, batch_id, shows, created_at, expires_at';

/** A row of `files`. */
export interface FileRow {
  readonly tenant: string;
  readonly id: string;
  readonly filename: string;
  readonly purpose: 'batch' | 'batch_output';
  readonly bytes: string;
  readonly batch_id: string | null;
  readonly shows: LineEnd | null;
  readonly created_at: Date;
  readonly expires_at: Date;
}

export const toFile = (row: FileRow): StoredFile => ({
  tenant: row.tenant,
  id: row.id,
  filename: row.filename,
  purpose: row.purpose,
  bytes: Number(row.bytes),
  results:
    row.batch_id === null || row.shows === null ? undefined : { batchId: row.batch_id, shows: row.shows },
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: row.expires_at.getTime(),
});

export const BATCH_COLUMNS = `tenant, id, input_file_id, endpoint, key_id, state, metadata, problems, total, answered, failed,
  cost_nano_usd, output_file_id, error_file_id, created_at, expires_at, reached_at, provider_batches`;

/** A row of `batches`. */
export interface BatchRow {
  readonly tenant: string;
  readonly id: string;
  readonly input_file_id: string;
  readonly endpoint: string;
  readonly key_id: string;
  readonly state: BatchState;
  readonly metadata: Readonly<Record<string, string>>;
  readonly problems: readonly BatchProblem[];
  readonly total: number;
  readonly answered: number;
  readonly failed: number;
  readonly cost_nano_usd: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly provider_batches: ProviderBatchUse;
  readonly created_at: Date;
  readonly expires_at: Date;
  /** Milliseconds since 1970. */
  readonly reached_at: Readonly<Partial<Record<BatchState, number>>>;
}

export const toBatch = (row: BatchRow): Batch => ({
  tenant: row.tenant,
  id: row.id,
  inputFileId: row.input_file_id,
  endpoint: row.endpoint,
  keyId: row.key_id,
  state: row.state,
  metadata: row.metadata,
  problems: row.problems,
  total: row.total,
  answered: row.answered,
  failed: row.failed,
  costNanoUsd: BigInt(row.cost_nano_usd),
  outputFileId: row.output_file_id ?? undefined,
  errorFileId: row.error_file_id ?? undefined,
  createdAtMs: row.created_at.getTime(),
  expiresAtMs: row.expires_at.getTime(),
  reachedAtMs: row.reached_at,
  providerBatches: row.provider_batches,
});

/** When whoever comes next may take a batch over. */
export const FREE_AT = `coalesce(nullif(leased_until, 'infinity'), resumable_at)`;

/** States that are not the end, as a list in SQL. */
export const OPEN_SQL = OPEN_STATES.map((state) => `'${state}'`).join(', ');

/** Notes the moment in which a batch comes into a state. */
export const reached = (state: BatchState): string =>
  `state = '${state}', reached_at = reached_at || jsonb_build_object('${state}', floor(extract(epoch FROM now()) * 1000))`;
