import { setTimeout as sleep } from 'node:timers/promises';

const DAY_MS = 86_400_000;
/** Longer than a test takes, shorter than a hook may. */
const DEFAULT_NEEDED_MS = 45_000;

/** For a test whose figures are those of a day: waits where midnight (UTC) would come in the middle of it. */
export async function sameDay(neededMs = DEFAULT_NEEDED_MS): Promise<void> {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  // A timer may fire up to a millisecond before its time.
  if (leftMs < neededMs) await sleep(leftMs + 1);
}
