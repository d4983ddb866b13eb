import { decayedLatencyMs } from '@switchyard/resilience';
import { betterOfTwo } from './better-of-two.ts';
import type { Contender } from './contender.ts';
import { weightShare } from './effective-weight.ts';
import { medianLatencyMs } from './median-latency.ts';
import { orderByScore } from './order-by-score.ts';
import type { OrderingStrategy } from './strategy.ts';

/**
 * Peak EWMA of the time to the first token times requests under way, this one included; the better of two drawn at random.
 * A latency sinks while nobody is called, so that one that was slow is tried again. Source: Finagle's p2cPeakEwma.
 */
export const latency: OrderingStrategy = {
  name: 'latency',
  contest: 'groups',
  degraded: 'get-less',
  order: (contenders, { random }) => {
    // Where no latency is known, requests under way decide.
    const assumedMs = medianLatencyMs(contenders) ?? 1;
    return betterOfTwo(
      orderByScore(contenders, (one) => expectedMs(one, assumedMs)),
      random,
    );
  },
  reason: ({ first: { contender }, among }) => {
    const { latencyMs } = contender;
    const measured = latencyMs === undefined ? 'not measured yet' : `about ${Math.round(latencyMs)} ms`;
    return `the faster of two drawn from ${among}, ${measured} to the first token`;
  },
};

function expectedMs(contender: Contender, assumedMs: number): number {
  const { latencyMs, idleMs = 0, active } = contender;
  const nowMs = latencyMs === undefined ? assumedMs : decayedLatencyMs(latencyMs, active > 0 ? 0 : idleMs);
  return (nowMs * (active + 1)) / weightShare(contender);
}
