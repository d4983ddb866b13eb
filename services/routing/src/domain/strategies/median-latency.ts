import type { Contender } from './contender.ts';

/** The median of the known latencies in milliseconds, the upper one of two; undefined where none is known. */
export function medianLatencyMs(contenders: readonly Contender[]): number | undefined {
  const known: number[] = [];
  for (const { latencyMs } of contenders) if (latencyMs !== undefined) known.push(latencyMs);
  known.sort((a, b) => a - b);
  return known[known.length >> 1];
}
