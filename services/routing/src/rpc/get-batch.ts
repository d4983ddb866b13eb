import type { GetBatchRequest, GetBatchResponse } from '@switchyard/contracts/routing';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { BatchEntry } from '../batch/accept-batch.ts';
import { batchIdOf, batchMessage } from './batch-message.ts';

/** BatchService.GetBatch */
export const getBatch = ({
  batches,
  handed,
}: Pick<BatchEntry, 'batches' | 'handed'>): Rpc<UnaryHandler<GetBatchRequest, GetBatchResponse>> => ({
  permission: 'routing.batch.read',
  handle: async ({ id }, { principal }) => {
    const batch = await batches.get(principal.tenant, batchIdOf(id));
    return { batch: batchMessage(batch, await handed.of(batch)) };
  },
});
