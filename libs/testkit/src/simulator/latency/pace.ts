import type { Random } from '../answer/seeded-random.ts';
import { drawDelayMs } from './draw-delay.ts';
import type { Distribution, LatencyOptions } from './latency-options.ts';

/** When the pieces of one answer are due. */
export interface Pace {
  /** How long these further tokens take. The first call adds the time to the first token. Milliseconds. */
  takeMs(tokens: number): number;
}

/** The pace of one answer under several settings that add up. */
export function createPace(settings: readonly LatencyOptions[], random: Random): Pace {
  const first = settings.flatMap(({ firstTokenMs }) => given(firstTokenMs));
  const perToken = settings.flatMap(({ perTokenMs }) => given(perTokenMs));
  let begun = false;
  let generated = 0;
  return {
    takeMs(tokens) {
      let ms = 0;
      if (!begun) for (const distribution of first) ms += drawDelayMs(distribution, random);
      begun = true;
      // The first token comes with the first-token delay; gaps are between tokens.
      const gaps = generated === 0 ? Math.max(0, tokens - 1) : tokens;
      generated += tokens;
      for (const distribution of perToken) {
        for (let i = 0; i < gaps; i++) ms += drawDelayMs(distribution, random);
      }
      return ms;
    },
  };
}

function given(distribution: Distribution | undefined): Distribution[] {
  return distribution === undefined || distribution === 0 ? [] : [distribution];
}
