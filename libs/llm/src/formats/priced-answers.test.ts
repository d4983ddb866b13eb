import { expect, test } from 'vitest';
import { bundledCatalog } from '../catalog/bundled-catalog.ts';
import { rateUsage } from '../rating/rate-usage.ts';
import { answer } from './testing/fixtures.ts';
import { findWireFormat } from './wire-formats.ts';

/** An answer of each format, from the wire to money at the catalog's prices; the sums are worked out by hand beside it. */
function costOf({
  format,
  provider,
  model,
  body,
}: {
  format: string;
  provider: string;
  model: string;
  body: object;
}) {
  const decoded = findWireFormat(format)?.decodeResponse(answer({ body }));
  if (!decoded?.ok || decoded.value.usage === undefined) throw new Error('no usage');
  const offering = bundledCatalog().findOffering(provider, model);
  return rateUsage(decoded.value.usage, offering?.prices ?? {});
}

const chatAnswer = (usage: object) => ({
  model: 'm',
  choices: [{ message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
  usage,
});

test('gpt-4o-mini, cached input: 0.15, 0.075 and 0.60 USD per million', () => {
  const body = chatAnswer({
    prompt_tokens: 2006,
    completion_tokens: 300,
    total_tokens: 2306,
    prompt_tokens_details: { cached_tokens: 1920 },
  });
  // 86 × 150 + 1,920 × 75 + 300 × 600 nano-USD
  expect(costOf({ format: 'openai-chat', provider: 'openai', model: 'gpt-4o-mini', body })).toEqual({
    components: { input: 12_900n, cache_read: 144_000n, output: 180_000n },
    total: 336_900n,
    unknownUnits: [],
  });
});

test('gpt-5, reasoning inside the output: 1.25, 0.125 and 10 USD per million', () => {
  const body = chatAnswer({
    prompt_tokens: 1_000,
    completion_tokens: 1_186,
    total_tokens: 2_186,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 1_024 },
  });
  // 1,000 × 1,250 + 1,186 × 10,000
  expect(costOf({ format: 'openai-chat', provider: 'openai', model: 'gpt-5', body }).total).toBe(13_110_000n);
});

test('gpt-5 by the Responses API: the same counts cost the same', () => {
  const body = {
    model: 'gpt-5',
    status: 'completed',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x' }] }],
    usage: {
      input_tokens: 2_006,
      input_tokens_details: { cached_tokens: 1_920 },
      output_tokens: 1_186,
      output_tokens_details: { reasoning_tokens: 1_024 },
      total_tokens: 3_192,
    },
  };
  // 86 × 1,250 + 1,920 × 125 + 1,186 × 10,000
  expect(costOf({ format: 'openai-responses', provider: 'openai', model: 'gpt-5', body })).toEqual({
    components: { input: 107_500n, cache_read: 240_000n, output: 11_860_000n },
    total: 12_207_500n,
    unknownUnits: [],
  });
});

test('grok-4.3, reasoning beside the output on the wire: it is charged too', () => {
  const body = chatAnswer({
    prompt_tokens: 100,
    completion_tokens: 10,
    total_tokens: 410,
    completion_tokens_details: { reasoning_tokens: 300 },
  });
  const { output = 0n } = bundledCatalog().findOffering('xai', 'grok-4.3')?.prices ?? {};
  expect(costOf({ format: 'openai-chat', provider: 'xai', model: 'grok-4.3', body }).components.output).toBe(
    (310n * output) / 1_000_000n,
  );
});

test('Claude Sonnet 4.5, cache read and written for both times to live: 3, 0.30, 3.75, 6 and 15 USD per million', () => {
  const body = {
    model: 'claude-sonnet-4-5',
    content: [{ type: 'text', text: 'x' }],
    stop_reason: 'end_turn',
    usage: {
      input_tokens: 50,
      cache_read_input_tokens: 100_000,
      cache_creation_input_tokens: 248,
      cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
      output_tokens: 503,
      output_tokens_details: { thinking_tokens: 400 },
    },
  };
  // 50 × 3,000 + 100,000 × 300 + 148 × 3,750 + 100 × 6,000 + 503 × 15,000
  expect(
    costOf({ format: 'anthropic-messages', provider: 'anthropic', model: 'claude-sonnet-4-5', body }),
  ).toEqual({
    components: {
      input: 150_000n,
      cache_read: 30_000_000n,
      cache_write: 555_000n,
      cache_write_1h: 600_000n,
      output: 7_545_000n,
    },
    total: 38_850_000n,
    unknownUnits: [],
  });
});

test('Gemini 2.5 Flash, thoughts beside the output, audio and cached input: 0.30, 0.03, 1.00 and 2.50 USD per million', () => {
  const body = {
    modelVersion: 'gemini-2.5-flash',
    candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 10_000,
      cachedContentTokenCount: 4_000,
      candidatesTokenCount: 500,
      thoughtsTokenCount: 1_200,
      totalTokenCount: 11_700,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 9_000 },
        { modality: 'AUDIO', tokenCount: 1_000 },
      ],
      cacheTokensDetails: [{ modality: 'TEXT', tokenCount: 4_000 }],
    },
  };
  // 5,000 × 300 + 4,000 × 30 + 1,000 × 1,000 + 1,700 × 2,500
  expect(costOf({ format: 'gemini', provider: 'google', model: 'gemini-2.5-flash', body })).toEqual({
    components: { input: 1_500_000n, cache_read: 120_000n, input_audio: 1_000_000n, output: 4_250_000n },
    total: 6_870_000n,
    unknownUnits: [],
  });
});
