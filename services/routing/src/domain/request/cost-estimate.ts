import type { NanoUsd } from '@switchyard/kernel';
import { boundTieredCost, boundUnitCost, type TokenBounds } from '@switchyard/llm';
import type { Offering } from '../snapshot/offering.ts';
import type { Needs } from './needs.ts';
import { outputLimit } from './output-limit.ts';
import { unitsAt } from './units-at.ts';

/** Output that is expected of a request that does not limit it, in tokens. */
const EXPECTED_OUTPUT_TOKENS = 1_000;

/** Output tokens that estimates are made with where the model has no limit: the caller's, else those of a usual answer. */
export const expectedOutputWanted = ({ maxOutputTokens }: Pick<Needs, 'maxOutputTokens'>): number =>
  maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS;

/** Output tokens that estimates are made with: never above the model's limit. */
export function expectedOutputTokens(needs: Pick<Needs, 'maxOutputTokens'>, offering: Offering): number {
  const wanted = expectedOutputWanted(needs);
  return Math.min(wanted, offering.maxOutputTokens ?? wanted);
}

/** Tokens that a request is expected to use, input and output, where the model has no limit. */
export const tokensWanted = (needs: Pick<Needs, 'maxOutputTokens' | 'estimatedInputTokens'>): number =>
  needs.estimatedInputTokens + expectedOutputWanted(needs);

/** Fields that go to this provider as they are and may ask for more than tokens (web search, a dearer service tier); empty: none. */
export function unboundedFieldsAt(
  { unboundedFields, operation }: Needs,
  { provider }: Offering,
): readonly string[] {
  return operation.request.passthroughFormat === provider.format.id ? unboundedFields : NO_FIELDS;
}

const NO_FIELDS: readonly string[] = [];

/**
 * What a request can cost there at the most; undefined where there is no bound: an unknown price, an unlimited answer, or
 * {@link unboundedFieldsAt | fields} without one. Where both tokens and another unit have a price, the provider decides which
 * it counts: the dearer one is the bound.
 */
export function maxCost(needs: Needs, offering: Offering): NanoUsd | undefined {
  if (unboundedFieldsAt(needs, offering).length > 0) return undefined;
  const units = unitsAt(needs, offering);
  if (units === undefined) return maxTokenCost(needs, offering);
  const byUnit = boundUnitCost({ ...units, request: offering.prices?.request });
  if (!hasTokenPrice(offering)) return byUnit;
  const byTokens = maxTokenCost(needs, offering);
  if (byUnit === undefined || byTokens === undefined) return undefined;
  if (byUnit > byTokens) return byUnit;
  return byTokens;
}

const hasTokenPrice = ({ prices }: Offering): boolean =>
  prices?.input !== undefined || prices?.output !== undefined;

function maxTokenCost(needs: Needs, offering: Offering): NanoUsd | undefined {
  const { prices, tiers } = offering;
  const bounds = tokenBounds(needs, offering);
  if (prices === undefined || bounds === undefined) return undefined;
  return boundTieredCost({ ...bounds, prices, tiers });
}

/** Tokens that a request can use there at the most, input and output; undefined where there is no bound. */
export function maxTokens(needs: Needs, offering: Offering): bigint | undefined {
  if (unboundedFieldsAt(needs, offering).length > 0) return undefined;
  const bounds = tokenBounds(needs, offering);
  if (bounds === undefined || !Number.isFinite(bounds.inputBound)) return undefined;
  return BigInt(Math.ceil(bounds.inputBound) + Math.ceil(bounds.outputBound));
}

/** Most tokens of input (`Infinity` where there is no bound) and of output; undefined where the output has no bound. */
function tokenBounds(needs: Needs, offering: Offering): TokenBounds | undefined {
  const outputBound = outputLimit(needs, offering) ?? offering.maxOutputTokens;
  if (outputBound === undefined) return undefined;
  const inputBound = Math.min(
    needs.inputTokenBound,
    (offering.contextTokens ?? Number.POSITIVE_INFINITY) * needs.contexts,
  );
  return { inputBound, outputBound };
}
