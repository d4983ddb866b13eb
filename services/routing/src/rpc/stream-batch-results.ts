import type {
  BatchResult,
  StreamBatchResultsRequest,
  StreamBatchResultsResponse,
} from '@switchyard/contracts/routing';
import type { Rpc, StreamHandler } from '@switchyard/service-kit';
import type { BatchEntry } from '../batch/accept-batch.ts';
import type { ResultLine } from '../domain/batch/line-result.ts';
import { batchIdOf } from './batch-message.ts';

/** BatchService.StreamBatchResults */
export const streamBatchResults = ({
  batches,
  files,
}: Pick<BatchEntry, 'batches' | 'files'>): Rpc<
  StreamHandler<StreamBatchResultsRequest, StreamBatchResultsResponse>
> => ({
  permission: 'routing.batch.read',
  handle: async function* ({ id, afterLine }, { principal }) {
    const batch = await batches.get(principal.tenant, batchIdOf(id));
    for await (const content of files.results(batch, afterLine))
      yield { result: resultMessage(JSON.parse(content.toString('utf8')) as ResultLine) };
  },
});

function resultMessage({ id, custom_id, response, error }: ResultLine): BatchResult {
  const line = Number(id.slice(id.lastIndexOf('_') + 1));
  if (error !== null) return { line, customId: custom_id, outcome: { $case: 'error', value: { ...error } } };
  const { status_code = 0, request_id = '', body = null } = response ?? {};
  const value = { statusCode: status_code, requestId: request_id, bodyJson: JSON.stringify(body) };
  return { line, customId: custom_id, outcome: { $case: 'answer', value } };
}
