import type { Usage } from '@switchyard/contracts/routing';
import { arrayAt, countAt, isObject, type JsonObject } from '../json.ts';

/**
 * The `usage` object of Converse. Its `inputTokens` leave out what was read from and written to the cache, so the canonical
 * total is the sum of the three. Reasoning is part of `outputTokens`, and not told apart.
 *
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function decodeConverseUsage(usage: JsonObject): Usage {
  const uncached = countAt(usage, 'inputTokens');
  const cacheReadTokens = countAt(usage, 'cacheReadInputTokens');
  const cacheWriteTokens = countAt(usage, 'cacheWriteInputTokens');
  return {
    inputTokens:
      uncached === undefined ? undefined : uncached + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: writtenForAnHour(usage),
    outputTokens: countAt(usage, 'outputTokens'),
    reasoningTokens: undefined,
    inputAudioTokens: undefined,
    outputAudioTokens: undefined,
    estimated: false,
  };
}

function writtenForAnHour(usage: JsonObject): number | undefined {
  let sum: number | undefined;
  for (const detail of arrayAt(usage, 'cacheDetails')) {
    if (!isObject(detail) || detail.ttl !== '1h') continue;
    const count = countAt(detail, 'inputTokens');
    if (count !== undefined) sum = (sum ?? 0) + count;
  }
  return sum;
}
