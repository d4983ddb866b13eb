const TICK_MS = 10;
/** A longer tick is a process that stood still. */
const LONGEST_TICK_MS = 100;

/**
 * How long something takes, in milliseconds, but for the time in which this process stood still: on a busy machine that is nobody's fault. What
 * runs in this process and keeps its event loop from turning is not seen.
 */
export async function takesMs(run: () => Promise<unknown>): Promise<number> {
  let takenMs = 0;
  let lastMs = performance.now();
  const count = () => {
    const nowMs = performance.now();
    takenMs += Math.min(nowMs - lastMs, LONGEST_TICK_MS);
    lastMs = nowMs;
  };
  const ticking = setInterval(count, TICK_MS);
  try {
    await run();
  } finally {
    clearInterval(ticking);
  }
  count();
  return takenMs;
}
