import type { Usage } from '@switchyard/contracts/routing';
import type { NanoUsd } from '@switchyard/kernel';
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

/** Rates usage: no token is charged twice. */
export function rateUsage(_usage: Usage, _prices: Prices): RatedUsage {
  throw new Error('being written');
}
