import type { Usage } from '@switchyard/contracts/routing';
import { type NanoUsd, nanoUsdPerMillion, rate, sum } from '@switchyard/kernel';
import type { Prices } from './prices.ts';

/** Parts of a cost, as in `Cost.components_nano_usd`. */
export type CostComponent =
  | 'input'
  | 'cache_read'
  | 'cache_write'
  | 'cache_write_1h'
  | 'input_audio'
  | 'output'
  | 'reasoning'
  | 'output_audio'
  | 'request';

/** What usage costs. */
export interface RatedUsage {
  /** Parts with a known price and at least one unit, each rounded once. */
  readonly components: Readonly<Partial<Record<CostComponent, NanoUsd>>>;
  /** Sum of the parts; `undefined` where something used has no known count or price. */
  readonly total: NanoUsd | undefined;
  /** What makes the total unknown; empty where it is known. */
  readonly unknownUnits: readonly CostComponent[];
}

/** So many units of a part at a price; `undefined` is unknown. */
interface PricedUnits {
  readonly component: CostComponent;
  readonly units: number | undefined;
  readonly price: bigint | undefined;
}

/**
 * Rates usage: no token is charged twice. The kinds that are parts of input and output are taken out of them first.
 * Reasoning without a price of its own is output.
 */
export function rateUsage(usage: Usage, prices: Prices): RatedUsage {
  const components: Partial<Record<CostComponent, NanoUsd>> = {};
  const unknownUnits: CostComponent[] = [];
  for (const { component, units, price } of pricedUnits(usage, prices)) {
    if (units === 0) continue;
    if (units === undefined || price === undefined) unknownUnits.push(component);
    else components[component] = rate(units, nanoUsdPerMillion(price));
  }
  const total = unknownUnits.length === 0 ? sum(Object.values(components)) : undefined;
  return { components, total, unknownUnits };
}

function pricedUnits(usage: Usage, prices: Prices): PricedUnits[] {
  const {
    inputTokens,
    cacheReadTokens = 0,
    cacheWriteTokens = 0,
    cacheWrite1hTokens = 0,
    inputAudioTokens = 0,
  } = usage;
  const { outputTokens, reasoningTokens = 0, outputAudioTokens = 0 } = usage;
  const reasoningApart = prices.reasoning === undefined ? 0 : reasoningTokens;
  return [
    {
      component: 'input',
      units: rest(inputTokens, cacheReadTokens + cacheWriteTokens + inputAudioTokens),
      price: prices.input,
    },
    { component: 'cache_read', units: cacheReadTokens, price: prices.cacheRead },
    { component: 'cache_write', units: rest(cacheWriteTokens, cacheWrite1hTokens), price: prices.cacheWrite },
    { component: 'cache_write_1h', units: cacheWrite1hTokens, price: prices.cacheWrite1h },
    { component: 'input_audio', units: inputAudioTokens, price: prices.inputAudio },
    {
      component: 'output',
      units: rest(outputTokens, reasoningApart + outputAudioTokens),
      price: prices.output,
    },
    { component: 'reasoning', units: reasoningApart, price: prices.reasoning },
    { component: 'output_audio', units: outputAudioTokens, price: prices.outputAudio },
    { component: 'request', units: prices.request === undefined ? 0 : 1, price: prices.request },
  ];
}

/** What is left of a whole; never below zero, should a provider report parts that are larger than it. */
const rest = (whole: number | undefined, parts: number): number | undefined =>
  whole === undefined ? undefined : Math.max(0, whole - parts);
