import type { OfferingPrice } from '@switchyard/contracts/cost';
import { PRICE_KINDS, type Prices } from '@switchyard/llm';

/** A price that is not believed: it would change tenfold at once, as where a source has changed its unit. */
export interface SetAsidePrice {
  readonly provider: string;
  readonly model: string;
  readonly kind: keyof Prices;
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
  const { provider, model } = fresh;
  const tiers = fresh.tiers.map((tier) => ({
    before: known.tiers.find(({ aboveInputTokens }) => aboveInputTokens === tier.aboveInputTokens),
    after: tier,
  }));
  return [{ before: known, after: fresh }, ...tiers].flatMap((pair) =>
    PRICE_KINDS.flatMap((kind) => {
      const [before, after] = [pair.before?.[kind], pair.after[kind]];
      if (before === undefined || after === undefined || before === after) return [];
      return isJump(before, after) ? [{ provider, model, kind, before, after }] : [];
    }),
  );
}

const isJump = (before: bigint, after: bigint): boolean => after >= JUMP * before || after * JUMP <= before;
