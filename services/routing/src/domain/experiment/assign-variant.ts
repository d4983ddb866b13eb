import { stableFraction } from '@switchyard/kernel';

/** Something that gets its share of requests by weight. */
export interface Weighted {
  /** From 0; at least one of all is above 0. */
  readonly weight: number;
}

/**
 * The variant of a key: the same at every replica and every time, for as long as the weights stay. Each experiment draws
 * for itself, so that who is together in one is not together in the next.
 *
 * @param key what the assignment sticks to, for example the agent's name
 */
export function assignVariant<V extends Weighted>(
  experiment: string,
  key: string,
  variants: readonly [V, ...V[]],
): V {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  let left = stableFraction(`${experiment}\n${key}`) * total;
  for (const variant of variants) {
    left -= variant.weight;
    if (left < 0) return variant;
  }
  // Only rounding leads here: the last that takes part at all.
  return variants.findLast(({ weight }) => weight > 0) ?? variants[0];
}
