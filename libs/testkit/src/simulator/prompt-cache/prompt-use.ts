import type { TokenCounts } from '../stats/simulator-stats.ts';

/** How a prompt's tokens split between fresh, cached and newly cached. */
export type PromptUse = Pick<
  TokenCounts,
  'inputTokens' | 'cachedInputTokens' | 'cacheWrite5mTokens' | 'cacheWrite1hTokens'
>;
