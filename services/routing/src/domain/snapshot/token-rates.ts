import type { Prices, TieredPrices } from '@switchyard/llm';

/** What tokens cost from some input on, as plain numbers: estimates of many candidates are made with them. */
export interface TokenRates {
  /** They hold for requests with more input tokens than this; −1 for the base. */
  readonly aboveInputTokens: number;
  /** Nano-USD per million input tokens; undefined where unknown, as below. */
  readonly input: number | undefined;
  /** Nano-USD per million input tokens that come from the provider's prompt cache. */
  readonly cacheRead: number | undefined;
  /** Nano-USD per million output tokens. */
  readonly output: number | undefined;
  /** Nano-USD per million requests; 0 where requests are not charged as such. */
  readonly request: number;
}

/** The rates of some prices, the base first, then by threshold; empty where no price is known. */
export function tokenRates({
  prices,
  tiers,
}: { readonly prices: Prices | undefined } & Pick<TieredPrices, 'tiers'>): readonly TokenRates[] {
  if (prices === undefined) return [];
  return [
    ratesOf(prices, -1),
    ...tiers.map(({ prices: at, aboveInputTokens }) => ratesOf(at, aboveInputTokens)),
  ];
}

function ratesOf({ input, cacheRead, output, request }: Prices, aboveInputTokens: number): TokenRates {
  return {
    aboveInputTokens,
    input: input === undefined ? undefined : Number(input),
    cacheRead: cacheRead === undefined ? undefined : Number(cacheRead),
    output: output === undefined ? undefined : Number(output),
    request: Number(request ?? 0n),
  };
}
