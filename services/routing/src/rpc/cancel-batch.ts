import type { CancelBatchRequest, CancelBatchResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { BatchEntry } from '../batch/accept-batch.ts';
import { batchIdOf, batchMessage } from './batch-message.ts';

/** BatchService.CancelBatch */
export const cancelBatch = ({
  batches,
}: Pick<BatchEntry, 'batches'>): Rpc<UnaryHandler<CancelBatchRequest, CancelBatchResponse>> => ({
  permission: 'routing.batch.write',
  handle: async ({ id }, { principal }) => ({
    batch: batchMessage(await batches.cancel(principal.tenant, batchIdOf(id))),
  }),
});
