import type { Random } from '@switchyard/kernel';
import type { KeyOwners, Logger } from '@switchyard/service-kit';
import type { PostgresBatchWork } from '../adapters/postgres-batch-work.ts';
import type { RoutingEvents } from '../events.ts';
import type { BatchEntry } from './accept-batch.ts';

/** What work on batches stands on. */
export interface BatchContext extends BatchEntry {
  readonly work: PostgresBatchWork;
  /** Who the key of a batch belongs to now. */
  readonly owners: Pick<KeyOwners, 'ownerOf'>;
  /** Most lines of a batch that are asked at once. */
  readonly linesAtOnce: number;
  readonly random: Random;
  readonly events: Pick<RoutingEvents, 'batchLine' | 'watchBatches'>;
  readonly log: Logger;
}
