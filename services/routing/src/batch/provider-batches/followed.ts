import type { HandedBatch } from '../../domain/batch/provider-batch.ts';
import type { RemoteCall } from '../../transport/provider-batches.ts';
import type { LineWork } from '../ask-line.ts';

/** A batch at a provider, and whose it is. */
export interface Followed {
  readonly one: HandedBatch;
  readonly work: LineWork;
  readonly call: RemoteCall;
}
