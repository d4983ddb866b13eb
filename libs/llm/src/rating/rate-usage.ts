import type { Usage } from '@switchyard/contracts/routing';
import { type NanoUsd, nanoUsdPerMillion, rate, sum } from '@switchyard/kernel';
import type { ChargedPrices } from './unit-prices.ts';

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
  | 'input_image_token'
  | 'output_image_token'
  | 'query'
  | 'output_image'
  | 'sized_output_image'
  | 'input_audio_second'
  | 'output_audio_second'
  | 'input_character'
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
 * totals that are absent, and parts that exceed their total, make the cost unknown. What is counted in other units is in no
 * count of tokens (`Usage`), so it is charged once, too.
 */
export function rateUsage(usage: Usage, prices: ChargedPrices): RatedUsage {
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

function charges(usage: Usage, prices: ChargedPrices): readonly Charge[] {
  const read = usage.cacheReadTokens ?? 0;
  const write1h = usage.cacheWrite1hTokens ?? 0;
  const write = usage.cacheWriteTokens ?? write1h;
  const audioIn = usage.inputAudioTokens ?? 0;
  const audioOut = usage.outputAudioTokens ?? 0;
  // Without a price of their own, reasoning and images stay in their total and are rounded with it.
  const reasoning = prices.reasoning === undefined ? 0 : (usage.reasoningTokens ?? 0);
  const imageIn = prices.inputImageToken === undefined ? 0 : (usage.inputImageTokens ?? 0);
  const imageOut = prices.outputImageToken === undefined ? 0 : (usage.outputImageTokens ?? 0);
  return [
    {
      component: 'input',
      units: less(usage.inputTokens, read + write + audioIn + imageIn),
      price: prices.input,
    },
    { component: 'cache_read', units: read, price: prices.cacheRead },
    { component: 'cache_write', units: write - write1h, price: prices.cacheWrite },
    { component: 'cache_write_1h', units: write1h, price: prices.cacheWrite1h },
    { component: 'input_audio', units: audioIn, price: prices.inputAudio },
    {
      component: 'output',
      units: less(usage.outputTokens, reasoning + audioOut + imageOut),
      price: prices.output,
    },
    { component: 'reasoning', units: reasoning, price: prices.reasoning },
    { component: 'output_audio', units: audioOut, price: prices.outputAudio },
    { component: 'input_image_token', units: imageIn, price: prices.inputImageToken },
    { component: 'output_image_token', units: imageOut, price: prices.outputImageToken },
    ...(countsUnits(usage) ? unitCharges(usage, prices) : NO_CHARGES),
    { component: 'request', units: prices.request === undefined ? 0 : 1, price: prices.request },
  ];
}

const NO_CHARGES: readonly Charge[] = [];

/** Whether anything is counted in units that take the place of tokens: hardly ever. */
const countsUnits = (usage: Usage): boolean =>
  usage.searches !== undefined ||
  usage.outputImages !== undefined ||
  usage.inputAudioSeconds !== undefined ||
  usage.outputAudioSeconds !== undefined ||
  usage.inputCharacters !== undefined;

function unitCharges(usage: Usage, prices: ChargedPrices): readonly Charge[] {
  const { outputImages = 0, sizedOutputImages = 0 } = usage;
  return [
    { component: 'query', units: usage.searches ?? 0, price: prices.query },
    { component: 'output_image', units: outputImages - sizedOutputImages, price: prices.outputImage },
    { component: 'sized_output_image', units: sizedOutputImages, price: undefined },
    { component: 'input_audio_second', units: usage.inputAudioSeconds ?? 0, price: prices.inputAudioSecond },
    {
      component: 'output_audio_second',
      units: usage.outputAudioSeconds ?? 0,
      price: prices.outputAudioSecond,
    },
    { component: 'input_character', units: usage.inputCharacters ?? 0, price: prices.inputCharacter },
  ];
}

const less = (total: number | undefined, parts: number): number | undefined =>
  total === undefined ? undefined : total - parts;
