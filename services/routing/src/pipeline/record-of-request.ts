import type { UsageRecord } from '@switchyard/contracts/events';
import { Purpose } from '@switchyard/contracts/routing';
import type { OperationCall } from './pipeline-call.ts';

/** A request, and where it is served. */
export interface RecordedRequest {
  readonly requestId: string;
  readonly tenant: string;
  readonly call: Pick<OperationCall, 'operation' | 'principal'>;
  readonly stream: boolean;
  /** Id of the process that serves it. */
  readonly replica: string;
}

/** What a record of a call has that its provider answers at once. */
export const NOT_IN_A_BATCH = {
  batch: false,
  reservation: false,
  reserved: [],
} satisfies Partial<UsageRecord>;

/** What a usage record has of the request that it belongs to. */
export function recordOfRequest({ requestId, tenant, call, stream, replica }: RecordedRequest) {
  const { request } = call.operation;
  return {
    requestId,
    tenant,
    agent: request.context?.agent ?? '',
    workflow: request.context?.workflow ?? '',
    service: request.context?.service ?? '',
    keyId: call.principal.keyId,
    labels: request.labels,
    requestedModel: request.model,
    purpose: request.purpose === Purpose.UNSPECIFIED ? Purpose.USER_REQUEST : request.purpose,
    stream,
    replica,
  } satisfies Partial<UsageRecord>;
}
