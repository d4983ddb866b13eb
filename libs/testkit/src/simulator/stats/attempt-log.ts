import type { AttemptLogState, AttemptPage, AttemptRecord } from './simulator-stats.ts';

/** Ended calls in the order in which they ended, up to a number. */
export interface AttemptLog {
  append(record: Omit<AttemptRecord, 'cursor'>): void;
  page(query: { readonly after: number; readonly limit: number }): AttemptPage;
  state(): AttemptLogState;
  /** Forgets all records; cursors go on. */
  clear(): void;
}

/** @param size Records kept; the oldest is overwritten. At least 1. */
export function attemptLog(size: number): AttemptLog {
  let ring: AttemptRecord[] = [];
  let newest = 0;
  let clearedAt = 0;
  const oldest = () => newest - ring.length + 1;
  return {
    append(record) {
      newest += 1;
      ring[(newest - clearedAt - 1) % size] = { cursor: newest, ...record };
    },
    page({ after, limit }) {
      const wanted = Math.max(after, clearedAt) + 1;
      const first = Math.max(wanted, oldest());
      const records: AttemptRecord[] = [];
      for (let cursor = first; cursor <= newest && records.length < limit; cursor++) {
        records.push(ring[(cursor - clearedAt - 1) % size] as AttemptRecord);
      }
      return {
        records,
        nextCursor: records.at(-1)?.cursor ?? Math.max(after, newest),
        lost: Math.max(0, first - wanted),
      };
    },
    state: () => ({ newestCursor: newest, dropped: oldest() - clearedAt - 1 }),
    clear() {
      ring = [];
      clearedAt = newest;
    },
  };
}
