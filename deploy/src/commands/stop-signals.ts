/** What a signal means by the time it comes. */
export type StopRequest = 'drain' | 'now';

/** npm passes Ctrl-C on, which the terminal has delivered already: what comes this soon is the same press. */
const SAME_PRESS_MS = 750;

/**
 * Reads presses of Ctrl-C: the first one drains, a later one ends at once.
 *
 * @returns takes the monotonic time of a signal and says what it means; undefined: it belongs to the last one
 */
export function stopRequests(): (nowMs: number) => StopRequest | undefined {
  let firstAtMs: number | undefined;
  return (nowMs) => {
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      return 'drain';
    }
    return nowMs - firstAtMs < SAME_PRESS_MS ? undefined : 'now';
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens for signals until the process ends. */
export function onStopSignals(handlers: Readonly<Record<StopRequest, () => void>>): void {
  const read = stopRequests();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const request = read(performance.now());
      if (request !== undefined) handlers[request]();
    });
  }
}
