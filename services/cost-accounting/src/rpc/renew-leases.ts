import type { RenewLeasesRequest, RenewLeasesResponse } from '@switchyard/contracts/cost';
import { type Clock, type FieldViolation, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { LeaseBook, OutboxBook, OutboxReport } from '../ports.ts';
import { readExchange, writeAnswer } from './lease-messages.ts';

const MAX_OUTBOXES = 1_000;
const MAX_ID = 128;

/** What the exchange stands on. */
export interface LeaseContext {
  readonly outboxes: OutboxBook;
  readonly leases: LeaseBook;
  readonly clock: Clock;
}

/**
 * Notes how far a replica's outboxes are and what it has of budgets; answers how far the ledger has them, what it was granted, and which price
 * book and budget book are in force.
 */
export function renewLeases({
  outboxes,
  leases,
  clock,
}: LeaseContext): UnaryHandler<RenewLeasesRequest, RenewLeasesResponse> {
  return async (request) => {
    const reports = readReports(request);
    // First: what is wrong with leases must not keep the ledger from being heard of.
    const { watermarks, priceVersion } = await outboxes.report(request.replica, reports);
    const exchange = readExchange(request);
    const nowMs = clock.wallMs();
    const answer = exchange === undefined ? undefined : await leases.exchange(exchange, nowMs);
    const { version } = await leases.book(nowMs);
    return {
      watermarks: reports.map(({ outboxId }, i) => ({
        outboxId,
        committedSequence: BigInt(watermarks[i] as number),
      })),
      priceVersion: priceVersion ?? '',
      budgetVersion: version,
      ...writeAnswer(answer ?? { leases: [], asks: [] }),
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
