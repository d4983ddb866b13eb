import { type NanoUsd, nanoUsd, nanoUsdPerMillion, rateCeiling, sum } from '@switchyard/kernel';
import type { ChargedPrices } from './unit-prices.ts';

/**
 * Each of five input and three output components is rounded half up on its own, which can add half a nano-USD each to
 * what the sum of the units would cost.
 */
const ROUNDING = nanoUsd(4n);
/** The same with one component more of each, where images have prices of their own. */
const ROUNDING_WITH_IMAGES = nanoUsd(5n);

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
}: TokenBounds & { readonly prices: ChargedPrices }): NanoUsd | undefined {
  if (!Number.isFinite(inputBound) || !Number.isFinite(outputBound)) return undefined;
  if (prices.input === undefined || (prices.output === undefined && outputBound > 0)) return undefined;
  const { input, cacheRead, cacheWrite, cacheWrite1h, inputAudio, inputImageToken } = prices;
  const { output, reasoning, outputAudio, outputImageToken, request } = prices;
  const dearestInput = dearest([input, cacheRead, cacheWrite, cacheWrite1h, inputAudio, inputImageToken]);
  const dearestOutput = dearest([output, reasoning, outputAudio, outputImageToken]);
  return sum([
    rateCeiling(Math.ceil(inputBound), nanoUsdPerMillion(dearestInput)),
    rateCeiling(Math.ceil(outputBound), nanoUsdPerMillion(dearestOutput)),
    rateCeiling(1, nanoUsdPerMillion(request ?? 0n)),
    inputImageToken === undefined && outputImageToken === undefined ? ROUNDING : ROUNDING_WITH_IMAGES,
  ]);
}

/** A cost that so many units and one request never exceed, in nano-USD; `undefined` where the number is not finite. */
export function boundUnitCost({
  most,
  price,
  request,
}: {
  readonly most: number;
  /** Nano-USD per million of them. */
  readonly price: bigint;
  /** Per million requests. */
  readonly request: bigint | undefined;
}): NanoUsd | undefined {
  if (!Number.isFinite(most)) return undefined;
  return sum([
    rateCeiling(Math.ceil(most), nanoUsdPerMillion(price)),
    rateCeiling(1, nanoUsdPerMillion(request ?? 0n)),
  ]);
}

function dearest(prices: readonly (bigint | undefined)[]): bigint {
  return prices.reduce<bigint>(
    (highest, price) => (price !== undefined && price > highest ? price : highest),
    0n,
  );
}
