import type { Usage } from '@switchyard/contracts/routing';
import { countAt, type JsonObject, objectAt } from '../json.ts';

/**
 * The `usage` object of Chat Completions: `prompt_tokens` includes what was read from and written to the cache and
 * audio, `completion_tokens` includes reasoning and audio.
 *
 * Vendors differ in ways that the numbers themselves show:
 * - xAI leaves reasoning out of `completion_tokens` but not out of `total_tokens`;
 * - xAI may leave cached tokens out of `prompt_tokens`, which then is the smaller of the two;
 * - DeepSeek and Mistral also name cached tokens `prompt_cache_hit_tokens` and `num_cached_tokens`.
 */
export function decodeChatUsage(usage: JsonObject): Usage {
  const inputDetails = objectAt(usage, 'prompt_tokens_details');
  const outputDetails = objectAt(usage, 'completion_tokens_details');
  const prompt = countAt(usage, 'prompt_tokens');
  const completion = countAt(usage, 'completion_tokens');
  const cacheReadTokens =
    countAt(inputDetails, 'cached_tokens') ??
    countAt(usage, 'prompt_cache_hit_tokens') ??
    countAt(usage, 'num_cached_tokens');
  const reasoningTokens = countAt(outputDetails, 'reasoning_tokens');
  return {
    inputTokens: withCached(prompt, cacheReadTokens),
    cacheReadTokens,
    cacheWriteTokens: countAt(inputDetails, 'cache_write_tokens'),
    cacheWrite1hTokens: undefined,
    outputTokens: withReasoning({
      prompt,
      completion,
      reasoning: reasoningTokens,
      total: countAt(usage, 'total_tokens'),
    }),
    reasoningTokens,
    inputAudioTokens: countAt(inputDetails, 'audio_tokens'),
    outputAudioTokens: countAt(outputDetails, 'audio_tokens'),
    estimated: false,
  };
}

function withCached(prompt: number | undefined, cached: number | undefined): number | undefined {
  return prompt !== undefined && cached !== undefined && cached > prompt ? prompt + cached : prompt;
}

function withReasoning({
  prompt,
  completion,
  reasoning,
  total,
}: Readonly<Record<'prompt' | 'completion' | 'reasoning' | 'total', number | undefined>>):
  | number
  | undefined {
  if (prompt === undefined || completion === undefined || !reasoning) return completion;
  return total === prompt + completion + reasoning ? completion + reasoning : completion;
}
