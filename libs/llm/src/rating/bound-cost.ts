import { type NanoUsd, nanoUsd, nanoUsdPerMillion, rateCeiling } from '@switchyard/kernel';
import type { Prices } from './prices.ts';

/** Each component may round up by less than one nano-USD. */
const ROUNDING_SLACK = 9n;

/**
 * A cost that the rated usage never exceeds, in nano-USD; `undefined` where a bound is not finite or the input or output
 * price is unknown.
 */
export function boundCost({
  inputBound,
  outputBound,
  prices,
}: {
  /** Most input tokens, all kinds together. */
  readonly inputBound: number;
  /** Most output tokens, all kinds together. */
  readonly outputBound: number;
  readonly prices: Prices;
}): NanoUsd | undefined {
  if (!Number.isFinite(inputBound) || !Number.isFinite(outputBound)) return undefined;
  if (prices.input === undefined || prices.output === undefined) return undefined;
  const input = dearest(
    prices.input,
    prices.cacheRead,
    prices.cacheWrite,
    prices.cacheWrite1h,
    prices.inputAudio,
  );
  const output = dearest(prices.output, prices.reasoning, prices.outputAudio);
  const tokens = rateCeiling(Math.ceil(inputBound), input) + rateCeiling(Math.ceil(outputBound), output);
  return nanoUsd(tokens + rateCeiling(1, nanoUsdPerMillion(prices.request ?? 0n)) + ROUNDING_SLACK);
}

function dearest(first: bigint, ...others: (bigint | undefined)[]) {
  return nanoUsdPerMillion(
    others.reduce<bigint>((most, price) => (price !== undefined && price > most ? price : most), first),
  );
}
