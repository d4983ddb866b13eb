import type { Usage } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pricesAt } from '../catalog/prices-at.ts';
import { boundTieredCost } from './bound-tiered-cost.ts';
import { rateUsage } from './rate-usage.ts';

const amount = fc.bigInt(0n, 10n ** 11n);
const perhaps = fc.option(amount, { nil: undefined });
const prices = fc.record({
  input: amount,
  output: amount,
  cacheRead: perhaps,
  cacheWrite: perhaps,
  cacheWrite1h: perhaps,
  reasoning: perhaps,
  inputAudio: perhaps,
  outputAudio: perhaps,
  request: perhaps,
});
const tiers = fc
  .uniqueArray(fc.record({ aboveInputTokens: fc.nat(500_000), prices }), {
    maxLength: 3,
    selector: ({ aboveInputTokens }) => aboveInputTokens,
  })
  .map((unsorted) => unsorted.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens));
const share = fc.nat(120_000);
const usage = fc.tuple(share, share, share, share, share, share, share, share).map(
  ([plain, read, write, write1h, audioIn, text, thought, audioOut]): Usage => ({
    inputTokens: plain + read + write + write1h + audioIn,
    cacheReadTokens: read,
    cacheWriteTokens: write + write1h,
    cacheWrite1hTokens: write1h,
    inputAudioTokens: audioIn,
    outputTokens: text + thought + audioOut,
    reasoningTokens: thought,
    outputAudioTokens: audioOut,
    estimated: false,
  }),
);

test('the bound is never below what any usage within it costs at its tier, dearer or cheaper than the others', () => {
  fc.assert(
    fc.property(prices, tiers, usage, fc.nat(300_000), fc.nat(5), (base, above, used, moreIn, moreOut) => {
      const { inputTokens = 0, outputTokens = 0 } = used;
      const offering = { prices: base, tiers: above };
      const { total } = rateUsage(used, pricesAt(offering, inputTokens));
      const bound = boundTieredCost({
        inputBound: inputTokens + moreIn,
        outputBound: outputTokens + moreOut,
        ...offering,
      });
      expect(total === undefined || (bound !== undefined && bound >= total)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

const cheap = { input: 1_000_000n, output: 0n };
const dear = { input: 3_000_000n, output: 0n };
const bound = (inputBound: number, first: typeof cheap, second: typeof cheap | { output: bigint }) =>
  boundTieredCost({
    inputBound,
    outputBound: 1,
    prices: first,
    tiers: [{ aboveInputTokens: 100, prices: second }],
  });

// One nano-USD a token, or three; and 4 for the rounding of the components.
test.each([
  ['a tier that cannot be reached does not count', bound(100, cheap, dear), 104n],
  ['one that is reached by a token does', bound(101, cheap, dear), 307n],
  ['the base counts with what it is charged for, where the tier is cheaper', bound(200, dear, cheap), 304n],
  ['and the cheaper tier where it makes more', bound(400, dear, cheap), 404n],
  [
    'an unknown price in a tier that can be reached leaves no bound',
    bound(101, cheap, { output: 0n }),
    undefined,
  ],
  ['in one that cannot it does not matter', bound(100, cheap, { output: 0n }), 104n],
  ['an endless input has none', bound(Number.POSITIVE_INFINITY, cheap, dear), undefined],
])('%s', (_, actual, expected) => {
  expect(actual).toBe(expected);
});
