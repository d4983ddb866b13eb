import { Usage } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { type ChargedCall, type Correction, rerate } from './rerate.ts';

/** 1,000 in at 2 USD and 500 out at 8 USD per million: 2,000,000 + 4,000,000 nano-USD. */
const call = (change: Partial<ChargedCall> = {}): ChargedCall => ({
  ...{ outboxId: 'o', sequence: 1, day: '2026-11-30', costNanoUsd: 6_000_000n },
  usage: Usage.fromPartial({ inputTokens: 1_000, outputTokens: 500 }),
  prices: { input: 2_000_000_000n, output: 8_000_000_000n },
  ...change,
});
const after = (correction: Partial<Correction>, of = call()) => {
  const rerated = rerate(of, { discountPpm: 0, prices: {}, ...correction });
  return rerated.kind === 'adjust' ? rerated.adjustment.afterNanoUsd : rerated.kind;
};

test('a call is corrected by what it used and what it should have been charged by', () => {
  expect(after({ prices: { input: 1_000_000_000n } })).toBe(5_000_000n);
  expect(after({ discountPpm: 100_000 })).toBe(5_400_000n);
  // No discount goes off what is stated.
  expect(after({ discountPpm: 100_000, prices: { input: 1_000_000_000n } })).toBe(4_600_000n);
});

test('what is right already is left alone, whatever it was before', () => {
  expect(after({ prices: { input: 2_000_000_000n } })).toBe('right');
  expect(after({ discountPpm: 100_000 }, call({ costNanoUsd: 5_400_000n }))).toBe('right');
  // In place of an earlier correction, not on top of it.
  expect(after({ discountPpm: 200_000 }, call({ costNanoUsd: 5_400_000n }))).toBe(4_800_000n);
});

test('a cost that was not known is, where every price is stated, and else stays unknown', () => {
  const unknown = call({ prices: {}, costNanoUsd: undefined });
  expect(after({ prices: { input: 1_000_000_000n } }, unknown)).toBe('unpriced');
  expect(after({ prices: { input: 1_000_000_000n, output: 2_000_000_000n } }, unknown)).toBe(2_000_000n);
});
