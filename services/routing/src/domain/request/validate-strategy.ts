import { Strategy } from '@switchyard/contracts/routing';
import { findStrategy } from '../strategies/find-strategy.ts';
import type { Check } from './validate-requirements.ts';

/** Checks that a strategy is one that candidates can be ordered by; none at all is in order. */
export function checkStrategy({ strategy }: { readonly strategy: Strategy }, check: Check): void {
  const isOffered = strategy === Strategy.UNSPECIFIED || findStrategy(strategy) !== undefined;
  check(isOffered, 'strategy', `must be one of ${OFFERED.join(', ')}`);
}

const OFFERED = Object.entries(Strategy).flatMap(([name, value]) =>
  findStrategy(value) === undefined ? [] : [`STRATEGY_${name}`],
);
