import {
  type Foundation,
  type KeyOwners,
  openKeyOwners,
  openPostgres,
  type Postgres,
} from '@switchyard/service-kit';
import { AnswerCipher } from './adapters/answer-cipher.ts';
import { ExpiredRows } from './adapters/expired-rows.ts';
import { PostgresBatchWork } from './adapters/postgres-batch-work.ts';
import { PostgresBatches } from './adapters/postgres-batches.ts';
import { PostgresFiles } from './adapters/postgres-files.ts';
import { PostgresProviderBatches } from './adapters/postgres-provider-batches.ts';
import type { BatchContext } from './batch/batch-context.ts';
import { lineEndpoints } from './batch/line-endpoints.ts';
import type { RoutingConfig } from './config.ts';
import { reachesOf } from './domain/snapshot/at-endpoints.ts';
import type { RoutingEvents } from './events.ts';
import type { AdmittedPipeline } from './pipeline/admitted-pipeline.ts';
import { BatchedLines } from './pipeline/batched-lines.ts';
import type { PipelineContext } from './ports.ts';
import { ProviderBatchClient } from './transport/provider-batches.ts';

/** What files and batches are opened on. */
export interface BatchParts {
  readonly postgres: Postgres;
  readonly context: PipelineContext;
  readonly pipeline: AdmittedPipeline;
  readonly events: RoutingEvents;
  /** Default: the credential service is asked. */
  readonly owners: Pick<KeyOwners, 'ownerOf'> | undefined;
}

/** Opens files and batches: their stores, and what asks their lines. */
export function openBatches(
  config: RoutingConfig,
  foundation: Foundation,
  { postgres, context, pipeline, owners, events }: BatchParts,
): BatchContext {
  const { clock, log, stack } = foundation;
  const cipher = new AnswerCipher(config.apiKey, 'file');
  const workPostgres = openWorkPostgres(config, foundation);
  const files = new PostgresFiles(postgres, cipher);
  const expired = new ExpiredRows({ store: files, what: 'files and batches', log });
  stack.defer(() => expired.dispose());
  return {
    files,
    batches: new PostgresBatches(postgres),
    work: new PostgresBatchWork(workPostgres, cipher),
    handed: new PostgresProviderBatches(workPostgres),
    batched: new BatchedLines(context),
    remote: new ProviderBatchClient(context),
    reaches: () => context.snapshots.current.providers.flatMap(reachesOf),
    providerBatches: config.providerBatches,
    endpoints: lineEndpoints(pipeline, clock),
    owners: owners ?? openOwners(config, stack),
    linesAtOnce: config.batchLinesAtOnce,
    clock,
    random: Math.random,
    events,
    log,
  };
}

/** Connections of its own: many lines at once must not make requests wait for one. */
function openWorkPostgres(
  { databaseUrl }: RoutingConfig,
  { log, stack }: Pick<Foundation, 'log' | 'stack'>,
): Postgres {
  const postgres = openPostgres({
    url: databaseUrl,
    maxConnections: 4,
    statementTimeoutMs: 5_000,
    applicationName: 'routing batches',
    log,
  });
  stack.defer(() => postgres.close());
  return postgres;
}

function openOwners(
  { credentialAddress, apiKey }: RoutingConfig,
  stack: Pick<AsyncDisposableStack, 'defer'>,
): KeyOwners {
  const owners = openKeyOwners({ address: credentialAddress, apiKey });
  stack.defer(() => owners.close());
  return owners;
}
