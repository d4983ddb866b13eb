import type { ListBatchesRequest, ListBatchesResponse } from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import type { BatchEntry } from '../batch/accept-batch.ts';
import { idOf, publicId } from '../domain/batch/public-ids.ts';
import { batchMessage } from './batch-message.ts';
import { readPage } from './paging.ts';

/** BatchService.ListBatches. A page token is the id of the last batch of the page before. */
export const listBatches = ({
  batches,
}: Pick<BatchEntry, 'batches'>): Rpc<UnaryHandler<ListBatchesRequest, ListBatchesResponse>> => ({
  permission: 'routing.batch.read',
  handle: async (request, { principal }) => {
    const { size, after: name } = readPage(request, { fallback: 20, max: 100 });
    const after = idOf('batch_', name);
    if (name !== '' && after === undefined)
      throw invalidArgument({
        field: 'page_token',
        description: 'must be the next_page_token of the page before',
      });
    const found = await batches.list(principal.tenant, { limit: size + 1, order: 'desc', after });
    const page = found.slice(0, size);
    const last = found.length > size ? page.at(-1) : undefined;
    return {
      batches: page.map((batch) => batchMessage(batch)),
      nextPageToken: last === undefined ? '' : Buffer.from(publicId('batch_', last.id)).toString('base64url'),
    };
  },
});
