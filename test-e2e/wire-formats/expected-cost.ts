import type { Prices } from '@switchyard/llm';
import type { TokenCounts } from '@switchyard/testkit/simulator';

/**
 * What the provider's own counts cost at its prices, worked apart from the code under test: each kind of token is charged
 * once, each component is rounded half up once (libs/kernel/src/money.ts says so), then they are added up. In nano-USD.
 */
export function expectedCost(tokens: TokenCounts, prices: Prices): bigint {
  const { inputTokens, cachedInputTokens, cacheWrite5mTokens, cacheWrite1hTokens } = tokens;
  const { outputTokens, reasoningTokens } = tokens;
  const reasoned = prices.reasoning === undefined ? 0 : reasoningTokens;
  const lines: [units: number, price: bigint | undefined][] = [
    [inputTokens - cachedInputTokens - cacheWrite5mTokens - cacheWrite1hTokens, prices.input],
    [cachedInputTokens, prices.cacheRead],
    [cacheWrite5mTokens, prices.cacheWrite],
    [cacheWrite1hTokens, prices.cacheWrite1h],
    [outputTokens - reasoned, prices.output],
    [reasoned, prices.reasoning],
  ];
  return lines.reduce((sum, [units, price]) => sum + (units === 0 ? 0n : line(units, price)), 0n);
}

function line(units: number, price: bigint | undefined): bigint {
  if (price === undefined) throw new TypeError(`there is no price for ${units} tokens`);
  // Half up: twice the amount plus one million, over two million, cut off.
  return (2n * BigInt(units) * price + 1_000_000n) / 2_000_000n;
}
