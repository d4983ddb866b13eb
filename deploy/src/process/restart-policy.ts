/** Deaths further back than this don't count any more. */
export const RESTART_WINDOW_MS = 60_000;
/** Most restarts within the window. */
export const MAX_RESTARTS = 5;
const FIRST_DELAY_MS = 500;

/**
 * How long to wait before a process that died is started again: twice as long after each death of the last minute, and
 * at most five times a minute.
 *
 * @param deathsAtMs monotonic times of its deaths, the last one last
 */
export function restartDelayMs(deathsAtMs: readonly number[], nowMs: number): number {
  const recent = deathsAtMs.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS);
  const backoffMs = FIRST_DELAY_MS * 2 ** Math.max(0, recent.length - 1);
  const oldest = recent.at(-MAX_RESTARTS);
  const windowMs = oldest === undefined ? 0 : oldest + RESTART_WINDOW_MS - nowMs;
  return recent.length < MAX_RESTARTS ? Math.min(backoffMs, RESTART_WINDOW_MS) : windowMs;
}
