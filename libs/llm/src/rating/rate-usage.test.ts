import type { Usage } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundCost } from './bound-cost.ts';
import type { Prices } from './prices.ts';
import { rateUsage } from './rate-usage.ts';

/** USD per million tokens, times 10^9. Claude Sonnet 4.5, https://claude.com/pricing#api */
const SONNET: Prices = {
  input: 3_000_000_000n,
  output: 15_000_000_000n,
  cacheRead: 300_000_000n,
  cacheWrite: 3_750_000_000n,
  cacheWrite1h: 6_000_000_000n,
};

const usage = (counts: Partial<Usage>): Usage => ({ estimated: false, ...counts });

test('what was read from and written to the cache is not charged as plain input too', () => {
  const counts = {
    inputTokens: 10_000,
    cacheReadTokens: 6_000,
    cacheWriteTokens: 3_000,
    cacheWrite1hTokens: 1_000,
    outputTokens: 500,
  };
  expect(rateUsage(usage(counts), SONNET)).toEqual({
    components: {
      input: 3_000_000n, // 1,000 × $3
      cache_read: 1_800_000n, // 6,000 × $0.30
      cache_write: 7_500_000n, // 2,000 × $3.75
      cache_write_1h: 6_000_000n, // 1,000 × $6
      output: 7_500_000n, // 500 × $15
    },
    total: 25_800_000n,
    unknownUnits: [],
  });
});

test('reasoning is part of the output: charged once, at its own price where it has one', () => {
  const counts = usage({ inputTokens: 0, outputTokens: 1_000, reasoningTokens: 600 });
  expect(rateUsage(counts, SONNET).components).toEqual({ output: 15_000_000n });
  const dearer = { ...SONNET, reasoning: 20_000_000_000n };
  expect(rateUsage(counts, dearer).components).toEqual({ output: 6_000_000n, reasoning: 12_000_000n });
});

test('audio is part of input and output: charged once, at its own price', () => {
  const prices = { ...SONNET, inputAudio: 32_000_000_000n, outputAudio: 64_000_000_000n };
  const counts = { inputTokens: 150, inputAudioTokens: 100, outputTokens: 30, outputAudioTokens: 20 };
  expect(rateUsage(usage(counts), prices).components).toEqual({
    input: 150_000n,
    input_audio: 3_200_000n,
    output: 150_000n,
    output_audio: 1_280_000n,
  });
});

test('a price per request is charged once', () => {
  const prices = { input: 0n, output: 0n, request: 5_000_000_000_000n };
  expect(rateUsage(usage({ inputTokens: 1, outputTokens: 1 }), prices).total).toBe(5_000_000n);
});

test.each<[string, Partial<Usage>, Prices, string[]]>([
  ['no input count', { outputTokens: 1 }, SONNET, ['input']],
  ['no output count', { inputTokens: 1 }, SONNET, ['output']],
  ['no price for input', { inputTokens: 1, outputTokens: 1 }, { output: 1n }, ['input']],
  [
    'no price for cache reads',
    { inputTokens: 2, cacheReadTokens: 1, outputTokens: 0 },
    { input: 1n, output: 1n },
    ['cache_read'],
  ],
  [
    'no price for an hour in the cache',
    { inputTokens: 2, cacheWriteTokens: 2, cacheWrite1hTokens: 1, outputTokens: 0 },
    { input: 1n, output: 1n, cacheWrite: 1n },
    ['cache_write_1h'],
  ],
  ['no price for audio', { inputTokens: 2, inputAudioTokens: 1, outputTokens: 0 }, SONNET, ['input_audio']],
  [
    'more read from the cache than was sent',
    { inputTokens: 2, cacheReadTokens: 3, outputTokens: 0 },
    SONNET,
    ['input'],
  ],
  ['nothing known', {}, {}, ['input', 'output']],
])('the cost is unknown, not less: %s', (_, counts, prices, unknownUnits) => {
  expect(rateUsage(usage(counts), prices)).toMatchObject({ total: undefined, unknownUnits });
});

test('a kind of which nothing was used needs no price', () => {
  const counts = {
    inputTokens: 2,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    inputAudioTokens: 0,
    outputTokens: 0,
  };
  expect(rateUsage(usage(counts), { input: 1_000_000n, output: undefined })).toMatchObject({ total: 2n });
});

test('each component is rounded half up once', () => {
  const half = { input: 500_000n, output: 499_999n, cacheRead: 500_000n };
  expect(rateUsage(usage({ inputTokens: 2, cacheReadTokens: 1, outputTokens: 1 }), half)).toMatchObject({
    components: { input: 1n, cache_read: 1n, output: 0n },
    total: 2n,
  });
});

const price = fc.option(fc.bigInt(0n, 10n ** 11n), { nil: undefined });
const prices = fc.record({
  input: fc.bigInt(0n, 10n ** 11n),
  output: fc.bigInt(0n, 10n ** 11n),
  cacheRead: price,
  cacheWrite: price,
  cacheWrite1h: price,
  reasoning: price,
  inputAudio: price,
  outputAudio: price,
  request: price,
});
const share = fc.nat(1_000_000);

test('the bound is never below what any usage within it costs', () => {
  fc.assert(
    fc.property(
      prices,
      fc.array(share, { minLength: 8, maxLength: 8 }),
      fc.nat(5),
      fc.nat(5),
      (at, counts, moreIn, moreOut) => {
        const [
          uncached = 0,
          read = 0,
          write = 0,
          write1h = 0,
          audioIn = 0,
          text = 0,
          thought = 0,
          audioOut = 0,
        ] = counts;
        const inputTokens = uncached + read + write + write1h + audioIn;
        const outputTokens = text + thought + audioOut;
        const { total } = rateUsage(
          usage({
            inputTokens,
            cacheReadTokens: read,
            cacheWriteTokens: write + write1h,
            cacheWrite1hTokens: write1h,
            inputAudioTokens: audioIn,
            outputTokens,
            reasoningTokens: thought,
            outputAudioTokens: audioOut,
          }),
          at,
        );
        const bound = boundCost({
          inputBound: inputTokens + moreIn,
          outputBound: outputTokens + moreOut,
          prices: at,
        });
        expect(bound === undefined || total === undefined || bound >= total).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('the bound covers the rounding of every component', () => {
  const half = 500_000n;
  const all = { input: half, cacheRead: half, cacheWrite: half, cacheWrite1h: half, inputAudio: half };
  const at = { ...all, output: half, reasoning: half, outputAudio: half };
  const { total } = rateUsage(
    usage({
      inputTokens: 5,
      cacheReadTokens: 1,
      cacheWriteTokens: 2,
      cacheWrite1hTokens: 1,
      inputAudioTokens: 1,
      outputTokens: 3,
      reasoningTokens: 1,
      outputAudioTokens: 1,
    }),
    at,
  );
  expect(total).toBe(8n);
  expect(boundCost({ inputBound: 5, outputBound: 3, prices: at })).toBeGreaterThanOrEqual(8n);
});

test.each([
  ['an endless input', { inputBound: Number.POSITIVE_INFINITY, outputBound: 1, prices: SONNET }],
  ['an endless output', { inputBound: 1, outputBound: Number.POSITIVE_INFINITY, prices: SONNET }],
  ['no input price', { inputBound: 1, outputBound: 1, prices: { output: 1n } }],
  ['no output price', { inputBound: 1, outputBound: 1, prices: { input: 1n } }],
])('there is no bound for %s', (_, input) => {
  expect(boundCost(input)).toBeUndefined();
});

describe('units that are no text or audio tokens', () => {
  const UNITS = {
    query: 2_000_000_000_000n,
    outputImage: 40_000_000_000_000n,
    inputAudioSecond: 100_000_000_000n,
    outputAudioSecond: 250_000_000_000n,
    inputCharacter: 15_000_000_000n,
  };
  const none = { inputTokens: 0, outputTokens: 0 };

  test.each([
    ['two searches', { searches: 2 }, { query: 4_000_000n }],
    ['an image', { outputImages: 1 }, { output_image: 40_000_000n }],
    ['seconds listened to', { inputAudioSeconds: 60 }, { input_audio_second: 6_000_000n }],
    ['seconds spoken', { outputAudioSeconds: 4 }, { output_audio_second: 1_000_000n }],
    ['characters spoken', { inputCharacters: 1_000 }, { input_character: 15_000_000n }],
  ])('%s: charged once, by their own price, and no tokens with them', (_, counts, components) => {
    // With token prices, too: they are for other usage.
    expect(rateUsage(usage({ ...none, ...counts }), { ...SONNET, ...UNITS })).toEqual({
      components,
      total: Object.values(components)[0],
      unknownUnits: [],
    });
  });

  test('a unit without a price makes the cost unknown, whatever tokens cost', () => {
    expect(rateUsage(usage({ ...none, searches: 1 }), SONNET)).toMatchObject({
      total: undefined,
      unknownUnits: ['query'],
    });
  });

  test('an image of another size or quality has no known price', () => {
    const rated = rateUsage(usage({ ...none, outputImages: 3, sizedOutputImages: 2 }), UNITS);
    expect(rated).toEqual({
      components: { output_image: 40_000_000n },
      total: undefined,
      unknownUnits: ['sized_output_image'],
    });
  });

  test('image tokens are taken out of their total where they have a price of their own', () => {
    const counts = { inputTokens: 100, inputImageTokens: 60, outputTokens: 50, outputImageTokens: 50 };
    const plain = { input: 5_000_000_000n, output: 10_000_000_000n };
    expect(rateUsage(usage(counts), plain).components).toEqual({ input: 500_000n, output: 500_000n });
    const imaged = { ...plain, inputImageToken: 8_000_000_000n, outputImageToken: 32_000_000_000n };
    expect(rateUsage(usage(counts), imaged).components).toEqual({
      input: 200_000n,
      input_image_token: 480_000n,
      output_image_token: 1_600_000n,
    });
    const bound = boundCost({ inputBound: 100, outputBound: 50, prices: imaged });
    expect(bound).toBeGreaterThanOrEqual(2_280_000n);
  });
});
