import type { Usage } from '@switchyard/contracts/routing';
import { countAt, type JsonObject, objectAt } from '../json.ts';

/** The `usage` object: `input_tokens` includes what was read from the cache, `output_tokens` includes reasoning. */
export function decodeResponsesUsage(usage: JsonObject): Usage {
  const input = objectAt(usage, 'input_tokens_details');
  return {
    inputTokens: countAt(usage, 'input_tokens'),
    cacheReadTokens: countAt(input, 'cached_tokens'),
    cacheWriteTokens: countAt(input, 'cache_write_tokens'),
    cacheWrite1hTokens: undefined,
    outputTokens: countAt(usage, 'output_tokens'),
    reasoningTokens: countAt(objectAt(usage, 'output_tokens_details'), 'reasoning_tokens'),
    inputAudioTokens: undefined,
    outputAudioTokens: undefined,
    estimated: false,
  };
}
