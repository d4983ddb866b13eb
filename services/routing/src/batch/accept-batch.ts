import { type Clock, type FieldViolation, uuidV7 } from '@switchyard/kernel';
import type { Principal } from '@switchyard/service-kit';
import type { PostgresBatches } from '../adapters/postgres-batches.ts';
import type { PostgresFiles } from '../adapters/postgres-files.ts';
import type { PostgresProviderBatches } from '../adapters/postgres-provider-batches.ts';
import type { Batch, ProviderBatchUse } from '../domain/batch/batch.ts';
import { idOf } from '../domain/batch/public-ids.ts';
import { fileNotFound, invalidFields } from '../errors.ts';
import type { LineEndpoint } from './line-endpoints.ts';

/** What is asked for. */
export interface AskedBatch {
  /** Public id of the file. */
  readonly inputFileId: string;
  readonly endpoint: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly providerBatches: ProviderBatchUse;
}

/** What taking batches stands on. */
export interface BatchEntry {
  readonly files: PostgresFiles;
  readonly batches: PostgresBatches;
  /** Lines that providers have in their own batches. */
  readonly handed: PostgresProviderBatches;
  /** By path. */
  readonly endpoints: ReadonlyMap<string, LineEndpoint>;
  readonly clock: Clock;
}

const MAX_METADATA = 16;
const MAX_METADATA_KEY = 64;
const MAX_METADATA_VALUE = 512;

/** Takes a batch on behalf of a key. @throws INVALID_ARGUMENT, FILE_NOT_FOUND, TOO_MANY_BATCHES */
export async function acceptBatch(
  { inputFileId, endpoint, metadata, providerBatches }: AskedBatch,
  { tenant, keyId }: Principal,
  { files, batches, endpoints, clock }: BatchEntry,
): Promise<Batch> {
  const violations = [...checkEndpoint(endpoint, endpoints), ...checkMetadata(metadata)];
  if (violations.length > 0) throw invalidFields(violations);
  const id = idOf('file-', inputFileId);
  const file = id === undefined ? undefined : await files.find(tenant, id);
  if (file === undefined) throw fileNotFound();
  if (file.purpose !== 'batch')
    throw invalidFields([
      {
        field: 'input_file_id',
        description: `must be a file with the purpose "batch", not "${file.purpose}"`,
      },
    ]);
  return batches.create({
    tenant,
    id: uuidV7(clock.wallMs()),
    inputFileId: file.id,
    endpoint,
    keyId,
    metadata,
    providerBatches,
  });
}

/** What is wrong with a path that lines are to be for. */
export function checkEndpoint(endpoint: string, endpoints: ReadonlyMap<string, unknown>): FieldViolation[] {
  if (endpoints.has(endpoint)) return [];
  return [{ field: 'endpoint', description: `must be one of ${[...endpoints.keys()].join(', ')}` }];
}

function checkMetadata(metadata: AskedBatch['metadata']): FieldViolation[] {
  const entries = Object.entries(metadata);
  const field = 'metadata';
  if (entries.length > MAX_METADATA)
    return [{ field, description: `may have ${MAX_METADATA} entries at most` }];
  const fits = entries.every(
    ([key, value]) => key.length <= MAX_METADATA_KEY && value.length <= MAX_METADATA_VALUE,
  );
  if (fits) return [];
  const description = `keys may have ${MAX_METADATA_KEY} characters at most, values ${MAX_METADATA_VALUE}`;
  return [{ field, description }];
}
