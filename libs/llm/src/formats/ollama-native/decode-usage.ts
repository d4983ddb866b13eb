import type { Usage } from '@switchyard/contracts/routing';
import { countAt, type JsonObject } from '../json.ts';

/**
 * The counts of the last object: `prompt_eval_count` and `eval_count`, which includes thinking. What was cached is not
 * told. `undefined` where both are missing.
 */
export function decodeOllamaUsage(last: JsonObject): Usage | undefined {
  const inputTokens = countAt(last, 'prompt_eval_count');
  const outputTokens = countAt(last, 'eval_count');
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    cacheReadTokens: undefined,
    cacheWriteTokens: undefined,
    cacheWrite1hTokens: undefined,
    reasoningTokens: undefined,
    inputAudioTokens: undefined,
    outputAudioTokens: undefined,
    estimated: false,
  };
}
