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

/** How many units are charged at which price. No count, or no price for a count, makes the cost unknown. */
interface Charge {
  readonly component: CostComponent;
  readonly units: number | undefined;
  readonly price: bigint | undefined;
}

/**
 * Rates usage. Each token is charged once: what was read from or written to a cache, audio and (where it has a price of
 * its own) reasoning are taken out of the totals that include them. Counts that are absent are taken as not separate;
 * totals that are absent, and parts that exceed their total, make the cost unknown.
 */
export function rateUsage(usage: Usage, prices: Prices): RatedUsage {
  const components: Partial<Record<CostComponent, NanoUsd>> = {};
  const unknownUnits: CostComponent[] = [];
  for (const { component, units, price } of charges(usage, prices)) {
    if (units === 0) continue;
    if (units === undefined || units < 0 || price === undefined) unknownUnits.push(component);
    else components[component] = rate(units, nanoUsdPerMillion(price));
  }
  const total = unknownUnits.length === 0 ? sum(Object.values(components)) : undefined;
  return { components, total, unknownUnits };
}

function charges(usage: Usage, prices: Prices): readonly Charge[] {
  const read = usage.cacheReadTokens ?? 0;
  const write1h = usage.cacheWrite1hTokens ?? 0;
  const write = usage.cacheWriteTokens ?? write1h;
  const audioIn = usage.inputAudioTokens ?? 0;
  const audioOut = usage.outputAudioTokens ?? 0;
  // Without a price of its own, reasoning stays in the output and is rounded with it.
  const reasoning = prices.reasoning === undefined ? 0 : (usage.reasoningTokens ?? 0);
  return [
    { component: 'input', units: less(usage.inputTokens, read + write + audioIn), price: prices.input },
    { component: 'cache_read', units: read, price: prices.cacheRead },
    { component: 'cache_write', units: write - write1h, price: prices.cacheWrite },
    { component: 'cache_write_1h', units: write1h, price: prices.cacheWrite1h },
    { component: 'input_audio', units: audioIn, price: prices.inputAudio },
    { component: 'output', units: less(usage.outputTokens, reasoning + audioOut), price: prices.output },
    { component: 'reasoning', units: reasoning, price: prices.reasoning },
    { component: 'output_audio', units: audioOut, price: prices.outputAudio },
    { component: 'request', units: prices.request === undefined ? 0 : 1, price: prices.request },
  ];
}

const less = (total: number | undefined, parts: number): number | undefined =>
  total === undefined ? undefined : total - parts;
