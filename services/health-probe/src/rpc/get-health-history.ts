import type {
  GetHealthHistoryRequest,
  GetHealthHistoryResponse,
  HealthChange,
} from '@switchyard/contracts/health';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { CommittedChange } from '../domain/health-record.ts';
import type { HealthHistory } from '../ports.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import { STATE_MESSAGES } from './health-state-message.ts';
import { shownTo } from './shown-to.ts';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1_000;
/** As long as changes are kept. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** What the history is read from. */
export interface HistorySource {
  readonly table: HealthTable;
  readonly history: HealthHistory;
  readonly clock: Clock;
}

/** Gives changes of states, the newest first, page by page. */
export function getHealthHistory({
  table,
  history,
  clock,
}: HistorySource): UnaryHandler<GetHealthHistoryRequest, GetHealthHistoryResponse> {
  return async (request, { principal }) => {
    const limit = readPageSize(request.pageSize);
    const endMs = request.endTime?.getTime() ?? clock.wallMs();
    const startMs = request.startTime?.getTime() ?? clock.wallMs() - KEPT_MS;
    if (startMs >= endMs)
      throw invalidArgument({ field: 'start_time', description: 'must be before end_time' });
    const beforeVersion = readPageToken(request.pageToken);
    const shown = shownTo(principal, request, table);
    // One more than asked for tells whether there is another page.
    const found = await history.changes({ ...shown, startMs, endMs, beforeVersion, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      changes: page.map(changeMessage),
      nextPageToken: found.length > limit && last !== undefined ? String(last.version) : '',
    };
  };
}

function changeMessage(change: CommittedChange): HealthChange {
  const { provider, tenant, fromState, toState, reason, changedAtMs, version } = change;
  return {
    ...{ provider, tenant, reason, version },
    fromState: STATE_MESSAGES[fromState],
    toState: STATE_MESSAGES[toState],
    changedAt: new Date(changedAtMs),
  };
}

function readPageSize(pageSize: number): number {
  if (pageSize === 0) return DEFAULT_PAGE_SIZE;
  if (pageSize >= 1 && pageSize <= MAX_PAGE_SIZE) return pageSize;
  throw invalidArgument({ field: 'page_size', description: `must be from 1 to ${MAX_PAGE_SIZE}` });
}

/** Only a position: what a caller may see is decided anew on every page. */
function readPageToken(token: string): bigint | undefined {
  if (token === '') return undefined;
  if (/^\d{1,18}$/.test(token)) return BigInt(token);
  throw invalidArgument({
    field: 'page_token',
    description: 'must be the next_page_token of an earlier page',
  });
}
