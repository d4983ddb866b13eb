/** What waits for a replica to work on it: nothing, batches of tenants that have others under way, or one of a tenant that has none. */
export type WaitingBatches = 'none' | 'of a served tenant' | 'of an unserved tenant';

/** A batch that a replica works on. */
export interface WorkedBatch {
  readonly tenant: string;
  /** For how long this replica has worked on it, in milliseconds. */
  readonly heldMs: number;
  /** For how long all its lines that have begun have waited, in milliseconds; 0 where one is being asked. */
  readonly standsStillMs: number;
}

/** So long all lines of a batch have to wait before it makes room. */
const STANDSTILL_MS = 10_000;
/** No batch whose lines get on is left sooner: its file is read again by whoever goes on with it. */
const MIN_HELD_MS = 30_000;

/**
 * Which batch a replica that has no room for another one is to leave for those that wait: the one that has stood still for longest; else,
 * where a tenant has none under way at all, that of the tenant with the most here, held for longest. Undefined: none yet.
 */
export function batchToLeave<T extends WorkedBatch>(
  worked: readonly T[],
  waiting: WaitingBatches,
): T | undefined {
  if (waiting === 'none') return undefined;
  const [still] = worked
    .filter(({ standsStillMs }) => standsStillMs >= STANDSTILL_MS)
    .sort((a, b) => b.standsStillMs - a.standsStillMs);
  if (still !== undefined || waiting !== 'of an unserved tenant') return still;
  const share = (tenant: string) => worked.filter((one) => one.tenant === tenant).length;
  const [longest] = worked
    .filter(({ heldMs }) => heldMs >= MIN_HELD_MS)
    .sort((a, b) => share(b.tenant) - share(a.tenant) || b.heldMs - a.heldMs);
  return longest;
}
