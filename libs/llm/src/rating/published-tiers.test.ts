import type { Usage } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { bundledCatalog } from '../catalog/bundled-catalog.ts';
import { pricesAt } from '../catalog/prices-at.ts';
import { rateUsage } from './rate-usage.ts';

// Worked by hand, on both sides of the threshold. Published prices per million tokens in USD (input, cached, output):
// - gpt-5.4: 2.50, 0.25, 15; "prompts with >272K input tokens are priced at 2x input and 1.5x output for the full
//   session". https://developers.openai.com/api/docs/models/gpt-5.4
// - gemini-2.5-pro: 1.25, 0.125, 10 for prompts of 200k tokens at most; 2.50, 0.25, 15 above. Output includes thinking.
//   https://ai.google.dev/gemini-api/docs/pricing
test.each<[provider: string, model: string, counts: Partial<Usage>, expected: bigint]>([
  // 270,000 × 2.5 + 2,000 × 0.25 + 1,000 × 15 = 675,000 + 500 + 15,000 = 690,500 USD per million
  ['openai', 'gpt-5.4', { inputTokens: 272_000, cacheReadTokens: 2_000, outputTokens: 1_000 }, 690_500_000n],
  // One token more: 270,001 × 5 + 2,000 × 0.5 + 1,000 × 22.5 = 1,350,005 + 1,000 + 22,500 = 1,373,505
  [
    'openai',
    'gpt-5.4',
    { inputTokens: 272_001, cacheReadTokens: 2_000, outputTokens: 1_000 },
    1_373_505_000n,
  ],
  // 200,000 × 1.25 + 500 × 10 = 250,000 + 5,000
  [
    'google',
    'gemini-2.5-pro',
    { inputTokens: 200_000, outputTokens: 500, reasoningTokens: 300 },
    255_000_000n,
  ],
  // Cached ones count to the threshold: 150,000 × 2.5 + 50,001 × 0.25 + 500 × 15 = 375,000 + 12,500.25 + 7,500
  [
    'google',
    'gemini-2.5-pro',
    { inputTokens: 200_001, cacheReadTokens: 50_001, outputTokens: 500, reasoningTokens: 300 },
    395_000_250n,
  ],
])('%s %s %j costs %d nano-USD', (...[provider, model, counts, expected]) => {
  const offering = bundledCatalog().findOffering(provider, model);
  if (offering === undefined) throw new Error(`the catalog has no ${model}`);
  const prices = pricesAt(offering, counts.inputTokens ?? 0);
  expect(rateUsage({ estimated: false, ...counts }, prices).total).toBe(expected);
});
