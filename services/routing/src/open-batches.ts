import { type Foundation, type KeyOwners, openKeyOwners, type Postgres } from '@switchyard/service-kit';
import { AnswerCipher } from './adapters/answer-cipher.ts';
import { ExpiredRows } from './adapters/expired-rows.ts';
import { PostgresBatchWork } from './adapters/postgres-batch-work.ts';
import { PostgresBatches } from './adapters/postgres-batches.ts';
import { PostgresFiles } from './adapters/postgres-files.ts';
import type { BatchContext } from './batch/batch-context.ts';
import { lineEndpoints } from './batch/line-endpoints.ts';
import type { RoutingConfig } from './config.ts';
import type { AdmittedPipeline } from './pipeline/admitted-pipeline.ts';

/** What files and batches are opened on. */
export interface BatchParts {
  readonly postgres: Postgres;
  readonly pipeline: AdmittedPipeline;
  /** Default: the credential service is asked. */
  readonly owners: Pick<KeyOwners, 'ownerOf'> | undefined;
}

/** Opens files and batches: their stores, and what asks their lines. */
export function openBatches(
  config: RoutingConfig,
  { clock, log, stack }: Foundation,
  { postgres, pipeline, owners }: BatchParts,
): BatchContext {
  const cipher = new AnswerCipher(config.apiKey, 'file');
  const files = new PostgresFiles(postgres, cipher);
  const expired = new ExpiredRows({ store: files, what: 'files and batches', log });
  stack.defer(() => expired.dispose());
  return {
    files,
    batches: new PostgresBatches(postgres),
    work: new PostgresBatchWork(postgres, cipher),
    endpoints: lineEndpoints(pipeline, clock),
    owners: owners ?? openOwners(config, stack),
    linesAtOnce: config.batchLinesAtOnce,
    clock,
    random: Math.random,
    log,
  };
}

function openOwners(
  { credentialAddress, apiKey }: RoutingConfig,
  stack: Pick<AsyncDisposableStack, 'defer'>,
): KeyOwners {
  const owners = openKeyOwners({ address: credentialAddress, apiKey });
  stack.defer(() => owners.close());
  return owners;
}
