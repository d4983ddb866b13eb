import { nanoUsdPerMillion, rate } from '@switchyard/kernel';
import type { Offering } from '../snapshot/offering.ts';
import type { TokenRates } from '../snapshot/token-rates.ts';
import { expectedOutputTokens } from './cost-estimate.ts';
import type { Needs } from './needs.ts';
import { unitsAt } from './units-at.ts';

/** Units of which prices are stated. */
const MILLION = 1_000_000;

/** What a candidate's cost depends on in a request. */
export type CostNeeds = Pick<Needs, 'estimatedInputTokens' | 'maxOutputTokens' | 'units' | 'heldPrefixes'>;

/**
 * What a request should cost there, in whole nano-USD; undefined where a price is unknown. For comparing candidates. A
 * number, and as exact as a bigint up to nine million USD: it is made of whole numbers, each part rounded half up once.
 */
export function expectedNanoUsd(needs: CostNeeds, offering: Offering): number | undefined {
  const { estimatedInputTokens } = needs;
  const rates = ratesAt(offering.rates, estimatedInputTokens);
  const units = unitsAt(needs, offering);
  if (units !== undefined) {
    if (units.expected === undefined) return undefined;
    return rateNumber(units.expected, Number(units.price)) + rateNumber(1, rates?.request ?? 0);
  }
  const outputTokens = expectedOutputTokens(needs, offering);
  const output = outputTokens === 0 ? 0 : rates?.output;
  if (rates === undefined || rates.input === undefined || output === undefined) return undefined;
  const cachedTokens = cachedInputTokens(needs, offering) ?? 0;
  return (
    rateNumber(estimatedInputTokens - cachedTokens, rates.input) +
    (cachedTokens === 0 ? 0 : rateNumber(cachedTokens, rates.cacheRead ?? rates.input)) +
    rateNumber(outputTokens, output) +
    rateNumber(1, rates.request)
  );
}

/** Input tokens that are probably in the provider's prompt cache; undefined where none is known to be. */
export function cachedInputTokens(
  { estimatedInputTokens, heldPrefixes }: CostNeeds,
  { sharedKey }: Pick<Offering, 'sharedKey'>,
): number | undefined {
  const held = heldPrefixes?.get(sharedKey);
  return held === undefined ? undefined : Math.min(held, estimatedInputTokens);
}

/** Parts of an expected cost, as in CostEstimate. */
export interface CostParts {
  /** Nano-USD by kind; those of unknown price are left out. */
  readonly known: Readonly<Record<string, number>>;
  /** Kinds whose price is unknown. */
  readonly unknown: readonly string[];
}

/** What a request should cost there, part by part. */
export function expectedCostParts(needs: CostNeeds, offering: Offering): CostParts {
  const { estimatedInputTokens } = needs;
  const rates = ratesAt(offering.rates, estimatedInputTokens);
  const outputTokens = expectedOutputTokens(needs, offering);
  const cachedTokens = cachedInputTokens(needs, offering) ?? 0;
  const parts = [
    { kind: 'input', units: estimatedInputTokens - cachedTokens, perMillion: rates?.input },
    ...(cachedTokens === 0
      ? []
      : [{ kind: 'cache_read', units: cachedTokens, perMillion: rates?.cacheRead ?? rates?.input }]),
    { kind: 'output', units: outputTokens, perMillion: rates?.output },
    { kind: 'request', units: 1, perMillion: rates?.request || undefined },
  ];
  const known: Record<string, number> = {};
  for (const { kind, units, perMillion } of parts)
    if (perMillion !== undefined) known[kind] = rateNumber(units, perMillion);
  const needed = outputTokens === 0 ? ['input'] : ['input', 'output'];
  return { known, unknown: needed.filter((kind) => known[kind] === undefined) };
}

/** The rates of a request with so many input tokens: the whole request is charged by the tier that its input reaches. */
export function ratesAt(rates: readonly TokenRates[], inputTokens: number): TokenRates | undefined {
  for (let i = rates.length - 1; i >= 0; i--) {
    const tier = rates[i] as TokenRates;
    if (inputTokens > tier.aboveInputTokens) return tier;
  }
  return undefined;
}

/**
 * Same as the kernel's `rate`, in numbers, and as exact: where the quotient is rounded up to a whole number, less than a millionth
 * was missing, which rounding half up adds as well.
 */
function rateNumber(units: number, perMillion: number): number {
  const product = units * perMillion;
  if (product > Number.MAX_SAFE_INTEGER) return Number(rate(units, nanoUsdPerMillion(BigInt(perMillion))));
  const whole = Math.floor(product / MILLION);
  return whole + (product - whole * MILLION >= MILLION / 2 ? 1 : 0);
}
