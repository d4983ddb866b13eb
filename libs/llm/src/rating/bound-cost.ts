import type { NanoUsd } from '@switchyard/kernel';
import type { Prices } from './prices.ts';

/**
 * A cost that the rated usage never exceeds, in nano-USD; `undefined` where a bound is not finite or the input or output
 * price is unknown.
 */
export function boundCost(_: {
  /** Most input tokens, all kinds together. */
  readonly inputBound: number;
  /** Most output tokens, all kinds together. */
  readonly outputBound: number;
  readonly prices: Prices;
}): NanoUsd | undefined {
  throw new Error('being written');
}
