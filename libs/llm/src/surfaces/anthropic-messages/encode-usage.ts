import type { Usage } from '@switchyard/contracts/routing';

/**
 * Usage in the shape of the Messages API, whose `input_tokens` leave out what was read from and written to the cache. What
 * is unknown is `null`, never 0.
 */
export function encodeMessagesUsage(usage: Usage | undefined): object {
  const {
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens,
    reasoningTokens,
  } = usage ?? {};
  const uncached =
    inputTokens === undefined ? null : inputTokens - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0);
  return {
    input_tokens: uncached === null ? null : Math.max(0, uncached),
    cache_creation_input_tokens: cacheWriteTokens ?? null,
    cache_read_input_tokens: cacheReadTokens ?? null,
    cache_creation:
      cacheWriteTokens === undefined
        ? null
        : {
            ephemeral_5m_input_tokens: cacheWriteTokens - (cacheWrite1hTokens ?? 0),
            ephemeral_1h_input_tokens: cacheWrite1hTokens ?? 0,
          },
    output_tokens: outputTokens ?? null,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
  };
}
