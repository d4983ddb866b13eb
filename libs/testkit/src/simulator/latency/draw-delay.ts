import type { Random } from '../answer/seeded-random.ts';
import type { Distribution } from './latency-options.ts';

const MAX_DELAY_MS = 600_000;

/** Draws one delay. Milliseconds, 0–600,000. */
export function drawDelayMs(distribution: Distribution, random: Random): number {
  return Math.min(MAX_DELAY_MS, draw(distribution, random));
}

function draw(distribution: Distribution, random: Random): number {
  if (typeof distribution === 'number') return distribution;
  switch (distribution.kind) {
    case 'uniform':
      return distribution.minMs + random() * (distribution.maxMs - distribution.minMs);
    case 'exponential':
      return -Math.log(1 - random()) * distribution.meanMs;
    case 'lognormal':
      return distribution.medianMs * Math.exp(distribution.sigma * standardNormal(random));
    default:
      return distribution satisfies never;
  }
}

/** Box–Muller. */
function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
