import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 500;
const LONGEST_MS = 60_000;

/** Reads until it is as wanted; what was read last where that does not come about within a minute. */
export async function waitFor<T>(read: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += INTERVAL_MS) {
    const value = await read();
    if (isWanted(value) || waitedMs >= LONGEST_MS) return value;
    await sleep(INTERVAL_MS);
  }
}
