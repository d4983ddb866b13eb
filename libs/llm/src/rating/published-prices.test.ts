import type { Usage } from '@switchyard/contracts/routing';
import { parseUsd } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import type { Prices } from './prices.ts';
import { rateUsage } from './rate-usage.ts';
import type { ChargedPrices } from './unit-prices.ts';

const usd = (perMillion: string): bigint => parseUsd(perMillion) as bigint;
const usage = (counts: Partial<Usage>): Usage => ({ estimated: false, ...counts });

// Cases worked by hand. Published prices per million tokens in USD. Sources: openai.com/api/pricing (gpt-4o, o1), anthropic.com/pricing
// (Claude Sonnet 4), ai.google.dev/pricing (Gemini 2.5 Flash, whose thinking tokens are charged as output).
const GPT_4O: Prices = { input: usd('2.5'), cacheRead: usd('1.25'), output: usd('10') };
const O1: Prices = { input: usd('15'), cacheRead: usd('7.5'), output: usd('60') };
const SONNET_4: Prices = {
  input: usd('3'),
  cacheRead: usd('0.3'),
  cacheWrite: usd('3.75'),
  cacheWrite1h: usd('6'),
  output: usd('15'),
};
const GEMINI_25_FLASH: Prices = {
  input: usd('0.3'),
  cacheRead: usd('0.03'),
  inputAudio: usd('1'),
  output: usd('2.5'),
};

// openai.com/api/pricing: gpt-4o-audio-preview (text and sound), gpt-image-1 (text, images in and out), dall-e-3 (standard, 1024 × 1024),
// whisper-1 (0.006 USD a minute), tts-1 (a million characters), text-embedding-3-small. cohere.com/pricing: rerank-v3.5, 2 USD for 1,000
// searches. docs.perplexity.ai/guides/pricing: sonar, 5 USD for 1,000 requests with little search context, beside tokens.
const GPT_4O_AUDIO: Prices = {
  input: usd('2.5'),
  inputAudio: usd('40'),
  output: usd('10'),
  outputAudio: usd('80'),
};
const GPT_IMAGE_1: ChargedPrices = {
  input: usd('5'),
  inputImageToken: usd('10'),
  output: usd('40'),
  outputImageToken: usd('40'),
};
const DALL_E_3: ChargedPrices = { outputImage: usd('40000') };
const WHISPER_1: ChargedPrices = { inputAudioSecond: usd('100') };
const TTS_1: ChargedPrices = { inputCharacter: usd('15') };
const EMBEDDING_3_SMALL: Prices = { input: usd('0.02') };
const RERANK_35: ChargedPrices = { query: usd('2000') };
const SONAR: Prices = { input: usd('1'), output: usd('1'), request: usd('5000') };

test.each<[string, ChargedPrices, Partial<Usage>, bigint]>([
  // 1,000 × 2.5 + 500 × 10 = 7,500 USD per million = 0.0075 USD
  ['gpt-4o, plain', GPT_4O, { inputTokens: 1_000, outputTokens: 500 }, 7_500_000n],
  // 2,006 in, of which 1,920 cached: 86 × 2.5 + 1,920 × 1.25 + 300 × 10 = 215 + 2,400 + 3,000 = 5,615
  [
    'gpt-4o, cached tokens once',
    GPT_4O,
    { inputTokens: 2_006, cacheReadTokens: 1_920, outputTokens: 300 },
    5_615_000n,
  ],
  // Reasoning is part of the output: 75 × 15 + 1,186 × 60 = 1,125 + 71,160 = 72,285
  [
    'o1, reasoning in the output',
    O1,
    { inputTokens: 75, outputTokens: 1_186, reasoningTokens: 1_024 },
    72_285_000n,
  ],
  // 21 + 188,086 read + 456 written: 21 × 3 + 188,086 × 0.3 + 456 × 3.75 + 393 × 15 = 63 + 56,425.8 + 1,710 + 5,895 = 64,093.8
  [
    'Claude, cache read and write',
    SONNET_4,
    { inputTokens: 188_563, cacheReadTokens: 188_086, cacheWriteTokens: 456, outputTokens: 393 },
    64_093_800n,
  ],
  // 248 written for 1 h of 556 written: 2,048 × 3 + 308 × 3.75 + 248 × 6 + 503 × 15 = 6,144 + 1,155 + 1,488 + 7,545 = 16,332
  [
    'Claude, both times to live',
    SONNET_4,
    { inputTokens: 2_604, cacheWriteTokens: 556, cacheWrite1hTokens: 248, outputTokens: 503 },
    16_332_000n,
  ],
  // 40 thoughts and 60 visible: 500 × 0.3 + 100 × 2.5 = 150 + 250
  [
    'Gemini, thoughts in the output',
    GEMINI_25_FLASH,
    { inputTokens: 500, outputTokens: 100, reasoningTokens: 40 },
    400_000n,
  ],
  // 100 text + 320 audio: 100 × 0.3 + 320 × 1 + 10 × 2.5 = 30 + 320 + 25
  [
    'Gemini, audio in',
    GEMINI_25_FLASH,
    { inputTokens: 420, inputAudioTokens: 320, outputTokens: 10 },
    375_000n,
  ],
  // 20 text + 100 sound in, 30 text + 250 sound out: 20 × 2.5 + 100 × 40 + 30 × 10 + 250 × 80 = 50 + 4,000 + 300 + 20,000
  [
    'gpt-4o-audio, sound in and out',
    GPT_4O_AUDIO,
    { inputTokens: 120, inputAudioTokens: 100, outputTokens: 280, outputAudioTokens: 250 },
    24_350_000n,
  ],
  // 50 text + 323 of an image in, 1,056 of an image out (medium, 1024 × 1024): 50 × 5 + 323 × 10 + 1,056 × 40 = 250 + 3,230 + 42,240
  [
    'gpt-image-1, an image changed',
    GPT_IMAGE_1,
    { inputTokens: 373, inputImageTokens: 323, outputTokens: 1_056, outputImageTokens: 1_056 },
    45_720_000n,
  ],
  // 3 × 0.04 USD
  ['dall-e-3, three images', DALL_E_3, { inputTokens: 0, outputTokens: 0, outputImages: 3 }, 120_000_000n],
  // 90 s: 1.5 × 0.006 USD
  [
    'whisper-1, a minute and a half',
    WHISPER_1,
    { inputTokens: 0, outputTokens: 0, inputAudioSeconds: 90 },
    9_000_000n,
  ],
  // 280 × 15
  ['tts-1, 280 characters', TTS_1, { inputTokens: 0, outputTokens: 0, inputCharacters: 280 }, 4_200_000n],
  // 8,191 × 0.02 = 163.82
  ['text-embedding-3-small', EMBEDDING_3_SMALL, { inputTokens: 8_191, outputTokens: 0 }, 163_820n],
  // 3 × 0.002 USD
  ['rerank-v3.5, three searches', RERANK_35, { inputTokens: 0, outputTokens: 0, searches: 3 }, 6_000_000n],
  // 1,200 × 1 + 400 × 1 + 5,000
  ['sonar, tokens and the request', SONAR, { inputTokens: 1_200, outputTokens: 400 }, 6_600_000n],
])('%s', (...[, prices, counts, expected]) => {
  const rated = rateUsage(usage(counts), prices);
  expect(rated.total).toBe(expected);
  expect(rated.unknownUnits).toEqual([]);
});
