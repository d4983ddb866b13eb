import type { Usage } from '@switchyard/contracts/routing';
import { arrayAt, countAt, isObject, type JsonObject } from '../json.ts';

/**
 * `usageMetadata`; `undefined` where it holds no count at all. The prompt includes what was read from the cache; the
 * results of tools stand beside the prompt, and thoughts beside the candidates. A count of zero is left out on the wire:
 * what can be worked out from the others is, the rest stays unknown.
 *
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function decodeGeminiUsage(usage: JsonObject): Usage | undefined {
  const prompt = countAt(usage, 'promptTokenCount');
  const toolUse = countAt(usage, 'toolUsePromptTokenCount');
  const inputTokens = prompt === undefined ? undefined : prompt + (toolUse ?? 0);
  const outputTokens = outputOf(usage, inputTokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens,
    cacheReadTokens: countAt(usage, 'cachedContentTokenCount'),
    cacheWriteTokens: undefined,
    cacheWrite1hTokens: undefined,
    outputTokens,
    reasoningTokens: countAt(usage, 'thoughtsTokenCount'),
    inputAudioTokens: uncachedAudio(usage),
    outputAudioTokens: audioIn(usage, 'candidatesTokensDetails'),
    estimated: false,
  };
}

function outputOf(usage: JsonObject, input: number | undefined): number | undefined {
  const candidates = countAt(usage, 'candidatesTokenCount');
  const thoughts = countAt(usage, 'thoughtsTokenCount');
  const total = countAt(usage, 'totalTokenCount');
  if (candidates === undefined && thoughts === undefined) {
    return total !== undefined && input !== undefined && total >= input ? total - input : undefined;
  }
  // Some previews counted thoughts among the candidates; the total shows it.
  const inclusive = input !== undefined && candidates !== undefined && total === input + candidates;
  return (candidates ?? 0) + (inclusive ? 0 : (thoughts ?? 0));
}

/** Kinds of input do not overlap: audio that was read from the cache counts as read from the cache. */
function uncachedAudio(usage: JsonObject): number | undefined {
  const prompt = audioIn(usage, 'promptTokensDetails');
  const toolUse = audioIn(usage, 'toolUsePromptTokensDetails');
  if (prompt === undefined && toolUse === undefined) return undefined;
  const cached = audioIn(usage, 'cacheTokensDetails') ?? 0;
  return Math.max(0, (prompt ?? 0) - cached) + (toolUse ?? 0);
}

function audioIn(usage: JsonObject, field: string): number | undefined {
  let sum: number | undefined;
  for (const entry of arrayAt(usage, field)) {
    if (!isObject(entry) || entry.modality !== 'AUDIO') continue;
    const count = countAt(entry, 'tokenCount');
    if (count !== undefined) sum = (sum ?? 0) + count;
  }
  return sum;
}
