import type { OfferingPrice } from '@switchyard/contracts/cost';
import { CHARGED_UNITS, type ChargedPrices, PRICE_KINDS } from '@switchyard/llm';

/** A price that is not believed: it would change tenfold at once, as where a source has changed its unit. */
export interface SetAsidePrice {
  readonly provider: string;
  readonly model: string;
  readonly kind: keyof ChargedPrices;
  /** Nano-USD per million units. */
  readonly before: bigint;
  readonly after: bigint;
}

/** Prices that may come into force. */
export interface GuardedPrices {
  readonly prices: readonly OfferingPrice[];
  readonly setAside: readonly SetAsidePrice[];
}

/** From this factor on, up or down, a change is not believed. */
const JUMP = 10n;

/**
 * Refreshed prices, as far as they are believed. An offering keeps its present prices, all of them, where one would jump
 * tenfold or more, where its input or output price would become unknown, and where the sources have dropped it: who is configured
 * with it still has to be charged.
 */
export function guardPrices(
  present: readonly OfferingPrice[],
  fresh: readonly OfferingPrice[],
): GuardedPrices {
  const prices = new Map(present.map((price) => [keyOf(price), price]));
  const setAside: SetAsidePrice[] = [];
  for (const price of fresh) {
    const known = prices.get(keyOf(price));
    const jumps = known === undefined ? [] : jumpsBetween(known, price);
    setAside.push(...jumps);
    if (jumps.length === 0 && !(known !== undefined && isForgotten(known, price)))
      prices.set(keyOf(price), price);
  }
  return { prices: [...prices.values()], setAside };
}

const keyOf = ({ provider, model }: OfferingPrice): string => `${provider}/${model}`;

const isForgotten = (known: OfferingPrice, fresh: OfferingPrice): boolean =>
  (known.input !== undefined && fresh.input === undefined) ||
  (known.output !== undefined && fresh.output === undefined);

function jumpsBetween(known: OfferingPrice, fresh: OfferingPrice): SetAsidePrice[] {
  const tiers: readonly Change[] = fresh.tiers.map((tier) => ({
    before: known.tiers.find(({ aboveInputTokens }) => aboveInputTokens === tier.aboveInputTokens),
    after: tier,
  }));
  const { provider, model } = fresh;
  const base: Change = { before: known, after: fresh };
  return [base, ...tiers].flatMap(({ before, after }) =>
    KINDS.flatMap((kind) => {
      const [was, is] = [before?.[kind], after[kind]];
      if (was === undefined || is === undefined || was === is) return [];
      return isJump(was, is) ? [{ provider, model, kind, before: was, after: is }] : [];
    }),
  );
}

const KINDS = [...PRICE_KINDS, ...CHARGED_UNITS];

interface Change {
  readonly before: ChargedPrices | undefined;
  readonly after: ChargedPrices;
}

const isJump = (before: bigint, after: bigint): boolean => after >= JUMP * before || after * JUMP <= before;
