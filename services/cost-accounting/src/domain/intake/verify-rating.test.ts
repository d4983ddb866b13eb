import { UsageRecord } from '@switchyard/contracts/events';
import { describe, expect, it } from 'vitest';
import { findRatingMismatch } from './verify-rating.ts';

const PRICES = { priceVersion: '1', input: 150_000_000n, output: 600_000_000n };
const USAGE = { inputTokens: 1_000, outputTokens: 100 };
/** 1,000 × 0.15 + 100 × 0.60 USD per million tokens. */
const COST = 210_000n;

const mismatch = (
  change: Parameters<typeof UsageRecord.fromPartial>[0],
  line: 'charge' | 'waste' | 'unresolved' = 'charge',
) => findRatingMismatch(UsageRecord.fromPartial(change), line);

describe('verifying what routing charged', () => {
  it('agrees with usage × prices, and with nothing else', () => {
    expect(mismatch({ usage: USAGE, prices: PRICES, costNanoUsd: COST })).toBeUndefined();
    expect(mismatch({ usage: USAGE, prices: PRICES, costNanoUsd: COST }, 'waste')).toBeUndefined();
    expect(mismatch({ usage: USAGE, prices: PRICES, costNanoUsd: COST + 1n })).toBe(
      'usage × prices is 210000, the record says 210001 (nano-USD)',
    );
    expect(mismatch({ usage: USAGE, prices: PRICES })).toContain('the record says unknown');
  });

  it('takes a cost as unknown where a price is, and only there', () => {
    const prices = { ...PRICES, output: undefined };
    expect(mismatch({ usage: USAGE, prices })).toBeUndefined();
    expect(mismatch({ usage: USAGE, prices, costNanoUsd: 0n })).toContain('is unknown');
    expect(mismatch({ usage: USAGE })).toBeUndefined();
    expect(mismatch({ usage: USAGE, costNanoUsd: 0n })).toContain('without prices');
  });

  it('lets an attempt without usage cost nothing, or an unknown sum', () => {
    expect(mismatch({ prices: PRICES, costNanoUsd: 0n }, 'waste')).toBeUndefined();
    expect(mismatch({ prices: PRICES }, 'waste')).toBeUndefined();
    expect(mismatch({ prices: PRICES, costNanoUsd: 1n }, 'waste')).toContain('without usage');
  });

  it('books an unresolved attempt at what was held', () => {
    expect(mismatch({ costNanoUsd: 9n, holdNanoUsd: 9n }, 'unresolved')).toBeUndefined();
    expect(mismatch({}, 'unresolved')).toBeUndefined();
    expect(mismatch({ costNanoUsd: 8n, holdNanoUsd: 9n }, 'unresolved')).toContain('what was held is 9');
    expect(mismatch({ costNanoUsd: 0n }, 'unresolved')).toContain('what was held is unknown');
  });
});
