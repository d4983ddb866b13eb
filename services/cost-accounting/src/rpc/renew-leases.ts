import type { RenewLeasesRequest, RenewLeasesResponse } from '@switchyard/contracts/cost';
import { type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { OutboxBook, OutboxReport } from '../ports.ts';

const MAX_OUTBOXES = 1_000;
const MAX_ID = 128;

/** Notes how far a replica's outboxes are; answers how far the ledger has them, and which price book is in force. */
export function renewLeases(outboxes: OutboxBook): UnaryHandler<RenewLeasesRequest, RenewLeasesResponse> {
  return async (request) => {
    const reports = readReports(request);
    const { watermarks, priceVersion } = await outboxes.report(request.replica, reports);
    return {
      watermarks: reports.map(({ outboxId }, i) => ({
        outboxId,
        committedSequence: BigInt(watermarks[i] as number),
      })),
      priceVersion: priceVersion ?? '',
    };
  };
}

function readReports({ replica, outboxes }: RenewLeasesRequest): OutboxReport[] {
  if (!isId(replica)) throw invalidArgument(notAnId('replica'));
  if (outboxes.length > MAX_OUTBOXES) {
    throw invalidArgument({ field: 'outboxes', description: `must be at most ${MAX_OUTBOXES}` });
  }
  const seen = new Set<string>();
  return outboxes.map(({ outboxId, lastSequence, closed }, i) => {
    if (!isId(outboxId)) throw invalidArgument(notAnId(`outboxes[${i}].outbox_id`));
    if (seen.has(outboxId)) {
      throw invalidArgument({ field: `outboxes[${i}].outbox_id`, description: 'is named twice' });
    }
    if (lastSequence > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw invalidArgument({ field: `outboxes[${i}].last_sequence`, description: 'must be below 2^53' });
    }
    seen.add(outboxId);
    return { outboxId, lastSequence: Number(lastSequence), closed };
  });
}

const isId = (text: string): boolean => text !== '' && text.length <= MAX_ID && !text.includes('\0');
const notAnId = (field: string): FieldViolation => ({
  field,
  description: `must have 1 to ${MAX_ID} characters and no NUL`,
});
