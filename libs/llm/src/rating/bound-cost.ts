import { type NanoUsd, nanoUsd, nanoUsdPerMillion, rateCeiling, sum } from '@switchyard/kernel';
import type { Prices } from './prices.ts';

/**
 * Each of five input and three output components is rounded half up on its own, which can add half a nano-USD each to
 * what the sum of the units would cost.
 */
const ROUNDING = nanoUsd(4n);

/** Most tokens of a request. */
export interface TokenBounds {
  /** Most input tokens, all kinds together. */
  readonly inputBound: number;
  /** Most output tokens, all kinds together. */
  readonly outputBound: number;
}

/**
 * A cost that `rateUsage` never exceeds for any usage within the bounds, in nano-USD: all input at the dearest input
 * price and all output at the dearest output price. `undefined` where a bound is not finite, or the price of plain input is
 * unknown, or of output where there may be any.
 *
 * Usage of a kind without a price has no known cost, so it is not bounded either.
 */
export function boundCost({
  inputBound,
  outputBound,
  prices,
}: TokenBounds & { readonly prices: Prices }): NanoUsd | undefined {
  if (!Number.isFinite(inputBound) || !Number.isFinite(outputBound)) return undefined;
  if (prices.input === undefined || (prices.output === undefined && outputBound > 0)) return undefined;
  const { input, cacheRead, cacheWrite, cacheWrite1h, inputAudio, output, reasoning, outputAudio, request } =
    prices;
  const dearestInput = dearest([input, cacheRead, cacheWrite, cacheWrite1h, inputAudio]);
  const dearestOutput = dearest([output, reasoning, outputAudio]);
  return sum([
    rateCeiling(Math.ceil(inputBound), nanoUsdPerMillion(dearestInput)),
    rateCeiling(Math.ceil(outputBound), nanoUsdPerMillion(dearestOutput)),
    rateCeiling(1, nanoUsdPerMillion(request ?? 0n)),
    ROUNDING,
  ]);
}

function dearest(prices: readonly (bigint | undefined)[]): bigint {
  return prices.reduce<bigint>(
    (highest, price) => (price !== undefined && price > highest ? price : highest),
    0n,
  );
}
