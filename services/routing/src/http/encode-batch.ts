import { formatUsd } from '@switchyard/kernel';
import type { Batch, BatchProblem, BatchState } from '../domain/batch/batch.ts';
import type { HandedBatch } from '../domain/batch/provider-batch.ts';
import { publicId } from '../domain/batch/public-ids.ts';

/** A batch as OpenAI has it, what it cost so far, and where its lines went, as far as that is asked for. Source: https://platform.openai.com/docs/api-reference/batch/object */
export function encodeBatch(batch: Batch, handed?: readonly HandedBatch[]): object {
  const { problems, outputFileId, errorFileId, total, answered, failed, costNanoUsd } = batch;
  const reachedAt = (state: BatchState) => secondsOf(batch.reachedAtMs[state]);
  return {
    id: publicId('batch_', batch.id),
    object: 'batch',
    endpoint: batch.endpoint,
    errors: problems.length === 0 ? null : { object: 'list', data: problems.map(encodeProblem) },
    input_file_id: publicId('file-', batch.inputFileId),
    completion_window: '24h',
    status: batch.state,
    output_file_id: fileId(outputFileId),
    error_file_id: fileId(errorFileId),
    created_at: secondsOf(batch.createdAtMs),
    in_progress_at: reachedAt('in_progress'),
    expires_at: secondsOf(batch.expiresAtMs),
    finalizing_at: reachedAt('finalizing'),
    completed_at: reachedAt('completed'),
    failed_at: reachedAt('failed'),
    expired_at: reachedAt('expired'),
    cancelling_at: reachedAt('cancelling'),
    cancelled_at: reachedAt('cancelled'),
    request_counts: { total, completed: answered, failed },
    metadata: Object.keys(batch.metadata).length === 0 ? null : batch.metadata,
    switchyard: {
      cost: { total_usd: formatUsd(costNanoUsd), total_nano_usd: costNanoUsd.toString() },
      ...(handed !== undefined && { provider_batches: handed.map(encodeHanded) }),
    },
  };
}

const encodeHanded = ({ provider, model, remoteId, state, lines, returned }: HandedBatch) => ({
  provider: provider.slice(provider.indexOf('/') + 1),
  model,
  id: remoteId ?? null,
  state,
  lines,
  returned,
});

const encodeProblem = ({ code, message, line, field }: BatchProblem) => ({
  code,
  message,
  line: line ?? null,
  param: field ?? null,
});

const fileId = (id: string | undefined): string | null => (id === undefined ? null : publicId('file-', id));

const secondsOf = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.floor(ms / 1000);
