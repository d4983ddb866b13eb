import { setTimeout as sleep } from 'node:timers/promises';
import type { TracedCall } from './traced-call.ts';

/** How a trace is sent again. */
export interface Replay {
  readonly calls: readonly TracedCall[];
  /** Its times are divided by this. */
  readonly speed: number;
  /** Sends one, which was due at a moment of `performance.now()`. @throws where it is not answered */
  readonly ask: (call: TracedCall, dueAtMs: number) => Promise<void>;
}

/** Most requests under way. */
const MOST_UNDER_WAY = 64;

/** Sends requests when they came, or as soon as there is room. */
export async function replay({ calls, speed, ask }: Replay): Promise<void> {
  const startedAtMs = performance.now();
  const underWay = new Set<Promise<void>>();
  for (const call of calls) {
    const dueAtMs = startedAtMs + call.arrivalMs / speed;
    const aheadMs = dueAtMs - performance.now();
    if (aheadMs > 0) await sleep(aheadMs);
    while (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
    const asking = ask(call, dueAtMs).finally(() => underWay.delete(asking));
    underWay.add(asking);
  }
  await Promise.all(underWay);
}
