import { formatUsd } from '@switchyard/kernel';
import { expectedNanoUsd } from '../request/expected-cost.ts';
import type { Needs } from '../request/needs.ts';
import type { Offering } from '../snapshot/offering.ts';

/** A stream that has broken off, and who may go on with it. */
export interface Continuation {
  /** What goes on is asked. */
  readonly needs: Needs;
  readonly offering: Offering;
  /** What the request has cost until now, in nano-USD; undefined where that is unknown. */
  readonly spentNanoUsd: number | undefined;
}

/** What a call has cost that broke off, in nano-USD; undefined where a price is unknown. @param outputTokens that came of it */
export const brokenOffNanoUsd = (
  { needs, offering }: Pick<Continuation, 'needs' | 'offering'>,
  outputTokens: number,
): number | undefined => uncachedNanoUsd({ ...needs, maxOutputTokens: outputTokens }, offering);

/** Why going on there would make the request cost more than it may, in one sentence; undefined where it would not. */
export function costsTooMuch({ needs, offering, spentNanoUsd }: Continuation): string | undefined {
  const { maxCostNanoUsd } = needs;
  if (maxCostNanoUsd === undefined) return undefined;
  const rest = uncachedNanoUsd(needs, offering);
  if (rest === undefined || spentNanoUsd === undefined)
    return 'what the answer would cost with it is unknown, and the cost of the request is limited';
  const all = BigInt(Math.ceil(spentNanoUsd + rest));
  if (all <= maxCostNanoUsd) return undefined;
  return `with it the answer would cost about $${formatUsd(all)}; the request may cost $${formatUsd(maxCostNanoUsd)}`;
}

/** What is limited must not rest on the provider's prompt cache: whether it still has the prompt is told by its answer only. */
const uncachedNanoUsd = (needs: Needs, offering: Offering): number | undefined =>
  expectedNanoUsd({ ...needs, heldPrefixes: undefined }, offering);
