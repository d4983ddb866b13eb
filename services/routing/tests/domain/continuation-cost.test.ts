import { expect, test } from 'vitest';
import { brokenOffNanoUsd, costsTooMuch } from '../../src/domain/failover/continuation-cost.ts';
import { needs, offering } from './offerings.ts';

// 1 USD in and 2 USD out per million tokens.
const known = offering({ provider: 'a' });
const unpriced = offering({ provider: 'b', prices: undefined });
const asked = (maxCostNanoUsd: bigint | undefined) =>
  needs({ estimatedInputTokens: 100, maxOutputTokens: 10, maxCostNanoUsd });

test('what broke off has cost its input and what came of it', () => {
  expect(brokenOffNanoUsd({ needs: asked(undefined), offering: known }, 7)).toBe(114_000);
  expect(brokenOffNanoUsd({ needs: asked(undefined), offering: unpriced }, 7)).toBeUndefined();
});

test('what is limited does not rest on the prompt cache of a provider', () => {
  const cached = { ...asked(114_000n), heldPrefixes: new Map([[known.sharedKey, 100]]) };
  const cheapRead = offering({
    provider: 'a',
    prices: { input: 1_000_000_000n, output: 2_000_000_000n, cacheRead: 1n },
  });
  expect(brokenOffNanoUsd({ needs: cached, offering: cheapRead }, 7)).toBe(114_000);
  expect(costsTooMuch({ needs: cached, offering: cheapRead, spentNanoUsd: 0 })).toMatch(/0\.00012;/);
});

test.each([
  ['no limit', undefined, known, undefined, undefined],
  ['room for both', 234_000n, known, 114_000, undefined],
  ['room for one of them', 233_999n, known, 114_000, /about \$0\.000234; the request may cost/],
  ['a limit, and nobody knows what was spent', 999_000n, known, undefined, /unknown/],
  ['a limit, and no price', 999_000n, unpriced, 0, /unknown/],
] as const)('with %s', (_, most, by, spentNanoUsd, expected) => {
  const said = costsTooMuch({ needs: asked(most), offering: by, spentNanoUsd });
  if (expected === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(expected);
});
