import type { GetLedgerStatusRequest, GetLedgerStatusResponse } from '@switchyard/contracts/cost';
import type { UnaryHandler } from '@switchyard/service-kit';
import { installationKeyNeeded } from '../errors.ts';
import type { OutboxBook } from '../ports.ts';

/** Tells how complete the ledger is. */
export function getLedgerStatus(
  outboxes: OutboxBook,
): UnaryHandler<GetLedgerStatusRequest, GetLedgerStatusResponse> {
  return async (_request, { principal }) => {
    if (!principal.installation) throw installationKeyNeeded('the state of the ledger');
    const { outboxes: found, quarantined, entries } = await outboxes.status();
    return {
      outboxes: found.map((outbox) => ({
        outboxId: outbox.outboxId,
        replica: outbox.replica ?? '',
        // Where no replica has spoken, the ledger itself is what is known.
        lastSequence: BigInt(outbox.lastSequence ?? outbox.committedSequence + outbox.aheadOfGap),
        committedSequence: BigInt(outbox.committedSequence),
        aheadOfGap: BigInt(outbox.aheadOfGap),
        closed: outbox.closed,
        seenAt: outbox.seenAt,
        lostAt: outbox.lostAt,
        unattributedNanoUsd: outbox.unattributedNanoUsd,
      })),
      quarantined,
      records: entries,
    };
  };
}
