import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until there is an answer or the time is up. Asks at least once.
 * @returns the answer, or undefined when the time is up.
 */
export async function waitUntil<Answer>(options: {
  ask: () => Promise<Answer | undefined> | Answer | undefined;
  timeoutMs: number;
  /** Default 10 ms. */
  intervalMs?: number;
}): Promise<Answer | undefined> {
  const end = performance.now() + options.timeoutMs;
  while (true) {
    const answer = await options.ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= end) return undefined;
    await sleep(options.intervalMs ?? 10);
  }
}
