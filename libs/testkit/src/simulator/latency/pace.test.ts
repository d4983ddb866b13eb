import { describe, expect, test } from 'vitest';
import { seededRandom } from '../answer/seeded-random.ts';
import { drawDelayMs } from './draw-delay.ts';
import type { Distribution } from './latency-options.ts';
import { createPace } from './pace.ts';

function median(distribution: Distribution): number {
  const random = seededRandom(3);
  const draws = Array.from({ length: 20_001 }, () => drawDelayMs(distribution, random));
  return draws.sort((a, b) => a - b)[10_000] as number;
}

describe('a delay', () => {
  test('follows its distribution', () => {
    expect(drawDelayMs(12, seededRandom(1))).toBe(12);
    expect(median({ kind: 'uniform', minMs: 10, maxMs: 20 })).toBeCloseTo(15, 0);
    expect(median({ kind: 'lognormal', medianMs: 50, sigma: 0.5 })).toBeGreaterThan(48);
    expect(median({ kind: 'lognormal', medianMs: 50, sigma: 0.5 })).toBeLessThan(52);
    expect(median({ kind: 'exponential', meanMs: 100 })).toBeGreaterThan(67);
    expect(median({ kind: 'exponential', meanMs: 100 })).toBeLessThan(72);
  });

  test('is never longer than ten minutes', () => {
    const wild = { kind: 'lognormal', medianMs: 600_000, sigma: 3 } as const;
    expect(drawDelayMs(wild, () => 0.999_999)).toBeLessThanOrEqual(600_000);
  });

  test('is reproducible', () => {
    const wild = { kind: 'exponential', meanMs: 10 } as const;
    expect(drawDelayMs(wild, seededRandom(5))).toBe(drawDelayMs(wild, seededRandom(5)));
  });
});

describe('a pace', () => {
  test('waits for the first token once and between tokens ever after', () => {
    const pace = createPace([{ firstTokenMs: 100, perTokenMs: 10 }], seededRandom(1));
    expect([pace.takeMs(0), pace.takeMs(1), pace.takeMs(3), pace.takeMs(0)]).toEqual([100, 0, 30, 0]);
  });

  test('adds settings up, as a delay fault does to the latency', () => {
    const pace = createPace([{ firstTokenMs: 100 }, { firstTokenMs: 5, perTokenMs: 2 }], seededRandom(1));
    expect(pace.takeMs(11)).toBe(125);
  });
});
