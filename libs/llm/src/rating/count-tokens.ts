import type { CompleteRequest } from '@switchyard/contracts/routing';
import { measureRequest } from './measure-request.ts';

/**
 * Bounds. Tokenizers split UTF-8 bytes (byte pairs, or pieces that fall back to bytes), so text has at most one token a
 * byte. The rest is generous: what providers add for roles, tools and formats is not published in full.
 */
const MOST = {
  perRequest: 256,
  /** Anthropic adds up to 530 tokens of instructions for tools, others less. */
  perRequestWithTools: 2048,
  perMessage: 16,
  perPart: 8,
  perTool: 64,
  /** JSON may be written again with indentation, or as another language's types. */
  perJsonByte: 2,
  /** gpt-4o-mini, high detail: 2,833 + 8 tiles × 5,667 = 48,169. Others stay far below. */
  perImage: 50_000,
  /** Gemini counts 32 tokens a second, and no codec in use writes fewer than 32 bytes a second. */
  perAudioByte: 1,
} as const;

/** What is usual. */
const EXPECTED = {
  bytesPerToken: 4,
  perRequestWithTools: 350,
  perMessage: 4,
  perTool: 12,
  perImage: 1_100,
  /** 128 kbit/s at 25 tokens a second. */
  audioBytesPerToken: 640,
  documentBytesPerToken: 20,
  perUnmeasured: 2_000,
} as const;

/**
 * Most input tokens that a request can become at any provider. `Infinity` where the content says nothing about it (a PDF,
 * a sound by URL): clamp it with the offering's context limit.
 */
export function boundInputTokens(request: CompleteRequest): number {
  const size = measureRequest(request);
  if (size.unmeasured > 0) return Number.POSITIVE_INFINITY;
  const extras = size.tools > 0 || size.jsonBytes > 0 ? MOST.perRequestWithTools : MOST.perRequest;
  return (
    extras +
    size.textBytes +
    size.jsonBytes * MOST.perJsonByte +
    size.messages * MOST.perMessage +
    size.parts * MOST.perPart +
    size.tools * MOST.perTool +
    size.images * MOST.perImage +
    size.audioBytes * MOST.perAudioByte
  );
}

/** Expected input tokens: for comparing candidates, not for holds. */
export function estimateInputTokens(request: CompleteRequest): number {
  const size = measureRequest(request);
  return Math.ceil(
    (size.textBytes + size.jsonBytes) / EXPECTED.bytesPerToken +
      (size.tools > 0 ? EXPECTED.perRequestWithTools : 0) +
      size.messages * EXPECTED.perMessage +
      size.tools * EXPECTED.perTool +
      size.images * EXPECTED.perImage +
      size.audioBytes / EXPECTED.audioBytesPerToken +
      size.documentBytes / EXPECTED.documentBytesPerToken +
      size.unmeasured * EXPECTED.perUnmeasured,
  );
}

/** Expected tokens of a text of so many UTF-8 bytes: for streams that were cut before usage came. */
export function estimateTextTokens(utf8Bytes: number): number {
  return Math.ceil(utf8Bytes / EXPECTED.bytesPerToken);
}
