import type { Random } from '@switchyard/kernel';
import type { KeyOwners, Logger } from '@switchyard/service-kit';
import type { PostgresBatchWork } from '../adapters/postgres-batch-work.ts';
import type { ProviderBatchRules } from '../domain/batch/provider-batch-rules.ts';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { RoutingEvents } from '../events.ts';
import type { BatchedLines } from '../pipeline/batched-lines.ts';
import type { ProviderBatchClient } from '../transport/provider-batches.ts';
import type { BatchEntry } from './accept-batch.ts';

/** What work on batches stands on. */
export interface BatchContext extends BatchEntry {
  readonly work: PostgresBatchWork;
  /** Who the key of a batch belongs to now. */
  readonly owners: Pick<KeyOwners, 'ownerOf'>;
  readonly batched: BatchedLines;
  readonly remote: ProviderBatchClient;
  /** Providers by all ways that they are reached by now. */
  readonly reaches: () => readonly ConfiguredProvider[];
  readonly providerBatches: ProviderBatchRules;
  /** Most lines of a batch that are asked at once. */
  readonly linesAtOnce: number;
  readonly random: Random;
  readonly events: Pick<RoutingEvents, 'batchLine' | 'watchBatches'>;
  readonly log: Logger;
}
