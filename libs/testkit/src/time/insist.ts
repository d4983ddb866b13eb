import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '@switchyard/kernel';

const LONGEST_MS = 30_000;
const PAUSE_MS = 100;

/** The call's outcome; while a service says that it cannot now (UNAVAILABLE, retryable), the call is made again, for 30 seconds. */
export async function insist<T>(call: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + LONGEST_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isNotNow(error) || performance.now() > endMs) throw error;
    }
    await sleep(PAUSE_MS);
  }
}

const isNotNow = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === 'UNAVAILABLE' && error.retryable;
