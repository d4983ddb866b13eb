import { formatUsd, unreachable } from '@switchyard/kernel';
import type { BoundBudget, BudgetUnit } from './bound-budget.ts';

/** Why a budget admits an attempt not. */
export type BudgetRefusal =
  | {
      readonly kind: 'exceeded';
      readonly budget: Pick<BoundBudget, 'id' | 'tenant' | 'unit' | 'throttledAtPercent'>;
      /** In the budget's unit, like the next three. */
      readonly limit: bigint;
      /** What the ledger has. */
      readonly spent: bigint;
      /** What replicas hold. */
      readonly leased: bigint;
      /** The most that the attempt can use. */
      readonly needed: bigint;
      /** When it begins anew, by cost-accounting's time; `Infinity`: never. */
      readonly endMs: number;
      /** How long until then, in milliseconds. */
      readonly leftMs: number;
    }
  /** What the attempt can use has no bound, and a hard budget needs one. */
  | { readonly kind: 'unbounded'; readonly budget: Pick<BoundBudget, 'id' | 'tenant' | 'unit'> };

/** A budget that has too little left. */
export type ExceededRefusal = Extract<BudgetRefusal, { kind: 'exceeded' }>;

/**
 * Whether there would be room without what is held. Requests hold the most that they can cost or ask for, and use a part of it; but each is
 * one request. How much all tenants together have spent is nothing for one of them to know.
 */
export const isHeldAway = ({ budget, limit, spent, needed }: ExceededRefusal): boolean =>
  budget.tenant !== '' &&
  budget.unit !== 'requests' &&
  budget.throttledAtPercent === 0 &&
  spent + needed <= limit;

/** Why a candidate is not called, in one sentence. */
export function describeBudgetRefusal(refusal: BudgetRefusal): string {
  const { budget } = refusal;
  const name = `the ${budget.tenant === '' ? "installation's " : ''}budget ${JSON.stringify(budget.id)}`;
  switch (refusal.kind) {
    case 'exceeded': {
      const { limit, spent, leased, needed } = refusal;
      const { throttledAtPercent: percent } = refusal.budget;
      // How much all tenants together have used, and may ask for, is nothing for one of them to know.
      if (percent > 0 && budget.tenant === '')
        return `${name} runs low: no more requests are let through in this minute; the next begins at ${new Date(refusal.endMs).toISOString()}`;
      if (percent > 0)
        return `${name} runs low: from ${percent} % on it lets ${inUnit(limit, 'requests')} through in a minute, and those have been; the next begins at ${new Date(refusal.endMs).toISOString()}`;
      // What all tenants together spend is nothing for one of them to know.
      if (budget.tenant === '')
        return `${name} has too little left: this may need ${inUnit(needed, budget.unit)}; ${whenRoom(refusal)}`;
      const [most, gone, held, wanted] = [limit, spent, leased, needed].map((units) =>
        inUnit(units, budget.unit),
      );
      return `${name} of ${most} has too little left: ${gone} spent, ${held} held for requests, and this may need ${wanted}; ${whenRoom(refusal)}`;
    }
    case 'unbounded':
      return `${name} needs a bound of the ${budget.unit === 'tokens' ? 'tokens' : 'cost'} of each call, and this call has none: ${NO_BOUND}`;
    default:
      return unreachable(refusal);
  }
}

const NO_BOUND =
  'its price or its longest answer is not known, or a field of it may use more; set max_output_tokens, price the model, or leave the field out';

function whenRoom(refusal: ExceededRefusal): string {
  const { endMs } = refusal;
  const anew =
    endMs === Number.POSITIVE_INFINITY
      ? 'it does not begin anew'
      : `it begins anew at ${new Date(endMs).toISOString()}`;
  return isHeldAway(refusal) ? `what is held and not used comes back as requests end; ${anew}` : anew;
}

function inUnit(amount: bigint, unit: BudgetUnit): string {
  return unit === 'cost' ? `$${formatUsd(amount)}` : `${amount} ${unit}`;
}
