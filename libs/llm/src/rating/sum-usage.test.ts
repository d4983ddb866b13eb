import { expect, test } from 'vitest';
import { sumUsage } from './sum-usage.ts';

test('counts add up, what one did not report is the others’, and one estimate makes the sum one', () => {
  const first = { inputTokens: 10, outputTokens: 3, estimated: true };
  const second = { inputTokens: 14, outputTokens: 5, cacheReadTokens: 8, estimated: false };
  expect(sumUsage([first, second])).toEqual({
    inputTokens: 24,
    outputTokens: 8,
    cacheReadTokens: 8,
    estimated: true,
  });
  expect(sumUsage([second])).toEqual(second);
});
