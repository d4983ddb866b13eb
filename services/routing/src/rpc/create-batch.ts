import {
  type BatchRequestLine,
  type CreateBatchRequest,
  type CreateBatchResponse,
  ProviderBatches,
} from '@switchyard/contracts/routing';
import { invalidArgument } from '@switchyard/kernel';
import type { Rpc, UnaryHandler } from '@switchyard/service-kit';
import { acceptBatch, type BatchEntry, checkEndpoint } from '../batch/accept-batch.ts';
import { acceptFile } from '../batch/accept-file.ts';
import type { ProviderBatchUse } from '../domain/batch/batch.ts';
import { publicId } from '../domain/batch/public-ids.ts';
import { invalidFields } from '../errors.ts';
import { batchMessage } from './batch-message.ts';

const USES: ReadonlyMap<ProviderBatches, ProviderBatchUse> = new Map([
  [ProviderBatches.UNSPECIFIED, 'auto'],
  [ProviderBatches.ON, 'on'],
  [ProviderBatches.OFF, 'off'],
]);

/** BatchService.CreateBatch */
export const createBatch = (
  entry: BatchEntry,
): Rpc<UnaryHandler<CreateBatchRequest, CreateBatchResponse>> => ({
  permission: 'routing.batch.write',
  handle: async (request, { principal }) => {
    const { endpoint, metadata } = request;
    const providerBatches = USES.get(request.providerBatches);
    if (providerBatches === undefined)
      throw invalidArgument({
        field: 'provider_batches',
        description: 'must be PROVIDER_BATCHES_UNSPECIFIED, ON or OFF',
      });
    const inputFileId = await inputOf(request, { entry, tenant: principal.tenant });
    const batch = await acceptBatch({ inputFileId, endpoint, metadata, providerBatches }, principal, entry);
    return { batch: batchMessage(batch) };
  },
});

async function inputOf(
  { input, endpoint }: CreateBatchRequest,
  { entry, tenant }: { readonly entry: BatchEntry; readonly tenant: string },
): Promise<string> {
  if (input === undefined)
    throw invalidArgument({ field: 'input_file_id', description: 'is required, or lines' });
  if (input.$case === 'inputFileId') return input.value;
  // Before anything is kept.
  const violations = checkEndpoint(endpoint, entry.endpoints);
  if (violations.length > 0) throw invalidFields(violations);
  const data = Buffer.from(input.value.lines.map((line) => lineText(line, endpoint)).join('\n'));
  const { id } = await acceptFile({ tenant, filename: 'lines.jsonl', data, field: 'lines' }, entry);
  return publicId('file-', id);
}

/** A line as a file has it. What is wrong with its body is told when the file is checked. */
function lineText({ customId, bodyJson }: BatchRequestLine, url: string): string {
  const head = JSON.stringify({ custom_id: customId, method: 'POST', url }).slice(0, -1);
  return `${head},"body":${bodyJson.replaceAll(/[\r\n]/g, ' ')}}`;
}
