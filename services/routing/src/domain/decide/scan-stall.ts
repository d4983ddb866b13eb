import { expectedOutputWanted } from '../request/cost-estimate.ts';
import { expectedNanoUsd } from '../request/expected-cost.ts';
import type { Needs } from '../request/needs.ts';
import type { Cell } from '../snapshot/cell.ts';
import type { Stall } from '../snapshot/offering-index.ts';
import type { CheapestFew } from './cheapest-few.ts';
import { exclusionsOf } from './constraints.ts';
import type { Evaluation } from './evaluate.ts';

/** Each of three parts of a cost is rounded, by at most half a nano-USD; a bound must not be above. */
const ROUNDING_NANO_USD = 2;
const MILLION = 1_000_000;

/** Adds those of a stall's offerings that fit, as far as they are among the cheapest few. */
export function scanStall({ cells }: Stall, few: CheapestFew, evaluation: Evaluation): void {
  const { needs } = evaluation;
  for (const cell of cells) {
    if (!mayFit(cell, needs) || !few.admits({ costNanoUsd: leastCost(cell, needs), key: cell.minKey }))
      continue;
    for (const offering of cell.offerings) {
      const costNanoUsd = expectedNanoUsd(needs, offering);
      if (!few.admits({ costNanoUsd, key: offering.key })) continue;
      const candidate = evaluation.candidate(offering, costNanoUsd);
      if (exclusionsOf(candidate, needs).length === 0) few.add(candidate);
    }
  }
}

/** false only where no offering of the cell can fit. */
function mayFit(cell: Cell, needs: Needs): boolean {
  if ((needs.capabilities & ~cell.capabilities) !== 0) return false;
  if (needs.estimatedInputTokens + (needs.maxOutputTokens ?? 0) > cell.maxContext) return false;
  const { maxCostNanoUsd, maxPricePerMillionNanoUsd: maxPrice } = needs;
  if (maxPrice !== undefined && Math.max(cell.minInput, cell.minOutput) > Number(maxPrice)) return false;
  return maxCostNanoUsd === undefined || (leastCost(cell, needs) ?? 0) <= Number(maxCostNanoUsd);
}

/** No offering of the cell costs less, in nano-USD; undefined where the cost of none is known. */
function leastCost(cell: Cell, needs: Needs): number | undefined {
  if (cell.minInput === Number.POSITIVE_INFINITY || cell.minOutput === Number.POSITIVE_INFINITY)
    return undefined;
  const outputTokens = Math.min(expectedOutputWanted(needs), cell.minOutputLimit);
  const perMillion =
    needs.estimatedInputTokens * cell.minInput + outputTokens * cell.minOutput + cell.minRequest;
  return Math.max(0, Math.ceil(perMillion / MILLION) - ROUNDING_NANO_USD);
}
