import { type Batch as BatchMessage, BatchState as BatchStateMessage } from '@switchyard/contracts/routing';
import type { Batch, BatchState } from '../domain/batch/batch.ts';
import type { HandedBatch } from '../domain/batch/provider-batch.ts';
import { idOf, publicId } from '../domain/batch/public-ids.ts';
import { batchNotFound } from '../errors.ts';

const STATES: Readonly<Record<BatchState, BatchStateMessage>> = {
  validating: BatchStateMessage.VALIDATING,
  in_progress: BatchStateMessage.IN_PROGRESS,
  finalizing: BatchStateMessage.FINALIZING,
  completed: BatchStateMessage.COMPLETED,
  failed: BatchStateMessage.FAILED,
  cancelling: BatchStateMessage.CANCELLING,
  cancelled: BatchStateMessage.CANCELLED,
  expired: BatchStateMessage.EXPIRED,
};

/** A batch as the API has it. */
export function batchMessage(batch: Batch, handed: readonly HandedBatch[] = []): BatchMessage {
  const { state, total, answered, failed, createdAtMs, expiresAtMs, reachedAtMs } = batch;
  return {
    id: publicId('batch_', batch.id),
    tenant: batch.tenant,
    endpoint: batch.endpoint,
    inputFileId: publicId('file-', batch.inputFileId),
    state: STATES[state],
    metadata: { ...batch.metadata },
    counts: { total, answered, failed },
    outputFileId: fileId(batch.outputFileId),
    errorFileId: fileId(batch.errorFileId),
    problems: batch.problems.map(({ code, message, line = 0, field = '' }) => ({
      code,
      message,
      line,
      field,
    })),
    costNanoUsd: batch.costNanoUsd,
    createdAt: new Date(createdAtMs),
    expiresAt: new Date(expiresAtMs),
    stateSince: new Date(reachedAtMs[state] ?? createdAtMs),
    providerBatches: handed.map(({ provider, model, remoteId = '', state: of, lines, returned }) => ({
      provider: provider.slice(provider.indexOf('/') + 1),
      model,
      providerBatchId: remoteId,
      state: of,
      lines,
      returned,
    })),
  };
}

const fileId = (id: string | undefined): string => (id === undefined ? '' : publicId('file-', id));

/** The id behind a name. @throws BATCH_NOT_FOUND where it can be none */
export function batchIdOf(name: string): string {
  const id = idOf('batch_', name);
  if (id === undefined) throw batchNotFound();
  return id;
}
