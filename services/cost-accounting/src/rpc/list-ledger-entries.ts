import type { ListLedgerEntriesRequest, ListLedgerEntriesResponse } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import { actingTenant, type UnaryHandler } from '@switchyard/service-kit';
import { type EntriesQuery, type ListedEntry, readEntriesQuery } from '../domain/ledger/entries-query.ts';
import { formatPageToken } from '../domain/ledger/page-token.ts';
import type { LedgerQueries } from '../ports.ts';

/** Lists ledger entries of one tenant, newest first, page by page. */
export function listLedgerEntries(
  queries: LedgerQueries,
  clock: Clock,
): UnaryHandler<ListLedgerEntriesRequest, ListLedgerEntriesResponse> {
  return async (request, { principal }) => {
    const tenant = actingTenant(principal, request.tenant);
    const query = readEntriesQuery(request, clock.wallMs());
    if (!query.ok) throw invalidArgument(query.error);
    const { limit } = query.value;
    // One more than wanted tells whether there is a next page.
    const found = await queries.list(tenant, { ...query.value, limit: limit + 1 });
    const entries = found.slice(0, limit);
    return { entries, nextPageToken: found.length > limit ? tokenAfter(entries.at(-1), query.value) : '' };
  };
}

function tokenAfter(last: ListedEntry | undefined, { period }: EntriesQuery): string {
  if (last?.occurredAt === undefined) return '';
  const { occurredAt, outboxId, sequence } = last;
  return formatPageToken({
    period,
    after: { occurredAtMs: occurredAt.getTime(), outboxId, sequence: Number(sequence) },
  });
}
