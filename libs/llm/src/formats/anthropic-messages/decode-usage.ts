import type { Usage } from '@switchyard/contracts/routing';
import { countAt, type JsonObject, objectAt } from '../json.ts';

/**
 * The `usage` object of the Messages API. Its `input_tokens` leave out what was read from and written to the cache, so the
 * canonical total is the sum of the three; `output_tokens` include thinking.
 *
 * @param later the usage of `message_delta`: its counts are cumulative and take the place of those in `usage`
 */
export function decodeMessagesUsage(usage: JsonObject, later: JsonObject = {}): Usage {
  const count = (name: string) => countAt(later, name) ?? countAt(usage, name);
  const uncached = count('input_tokens');
  const cacheReadTokens = count('cache_read_input_tokens');
  const cacheWriteTokens = count('cache_creation_input_tokens');
  const byTtl = objectAt(later, 'cache_creation') ?? objectAt(usage, 'cache_creation');
  const details = objectAt(later, 'output_tokens_details') ?? objectAt(usage, 'output_tokens_details');
  return {
    inputTokens:
      uncached === undefined ? undefined : uncached + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: countAt(byTtl, 'ephemeral_1h_input_tokens'),
    outputTokens: count('output_tokens'),
    reasoningTokens: countAt(details, 'thinking_tokens'),
    inputAudioTokens: undefined,
    outputAudioTokens: undefined,
    estimated: false,
  };
}
