import {
  extendFingerprint,
  type Fingerprint,
  fingerprintNumber,
  startFingerprint,
} from '../answer/fingerprint.ts';
import type { PromptPiece } from '../answer/simulated-call.ts';
import type { PrefixMemory } from './prefix-memory.ts';
import type { PromptUse } from './prompt-use.ts';

/** OpenAI counts cached tokens in steps of this many. */
const IMPLICIT_STEP_TOKENS = 128;
/** A `1h` mark lives 12 times as long as a `5m` one. */
const LONG_TTL_FACTOR = 12;

/**
 * How a provider caches: `implicit` by itself at every message (OpenAI, Gemini), `marked` only up to the
 * caller's marks, where writing counts too (Anthropic), `untold` without telling or charging less (Ollama).
 */
export type CacheStyle = 'implicit' | 'marked' | 'untold';

/** Caching as configured, with the memory of one provider. */
export type CacheSetting =
  | {
      readonly mode: 'prefix';
      readonly minTokens: number;
      readonly ttlMs: number;
      readonly memory: PrefixMemory;
    }
  | { readonly mode: 'ratio'; readonly ratio: number }
  | { readonly mode: 'off' };

/** A prompt and where it goes. */
export interface PromptWork {
  readonly model: string;
  readonly pieces: readonly PromptPiece[];
  readonly style: CacheStyle;
  readonly cache: CacheSetting;
  readonly nowMs: number;
}

/** Says how much of a prompt was cached and remembers it for the next one. */
export function usePrompt(work: PromptWork): PromptUse {
  const { pieces, cache } = work;
  const inputTokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
  const use: PromptUse = {
    inputTokens,
    cachedInputTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  if (work.style === 'untold') return use;
  switch (cache.mode) {
    case 'off':
      return use;
    case 'ratio':
      return { ...use, cachedInputTokens: Math.floor(inputTokens * cache.ratio) };
    case 'prefix': {
      if (inputTokens < cache.minTokens) return use;
      const boundaries = boundariesOf(work).filter((boundary) => boundary.tokens >= cache.minTokens);
      return work.style === 'implicit'
        ? useImplicit({ use, boundaries, cache, nowMs: work.nowMs })
        : useMarked({ use, boundaries, cache, nowMs: work.nowMs });
    }
    default:
      return cache satisfies never;
  }
}

interface Boundary {
  /** Names the prefix that ends here. */
  readonly prefix: string;
  /** Tokens from the beginning to here. */
  readonly tokens: number;
  readonly mark?: '5m' | '1h';
}

interface BoundaryWork {
  readonly use: PromptUse;
  readonly boundaries: readonly Boundary[];
  readonly cache: Extract<CacheSetting, { mode: 'prefix' }>;
  readonly nowMs: number;
}

function useImplicit({ use, boundaries, cache, nowMs }: BoundaryWork): PromptUse {
  const hit = longestKnown({ boundaries, cache, nowMs });
  for (const { prefix } of boundaries) cache.memory.add(prefix, { nowMs, ttlMs: cache.ttlMs });
  const known = hit?.tokens ?? 0;
  return { ...use, cachedInputTokens: known - (known % IMPLICIT_STEP_TOKENS) };
}

function useMarked({ use, boundaries, cache, nowMs }: BoundaryWork): PromptUse {
  const lastMark = boundaries.findLastIndex((boundary) => boundary.mark !== undefined);
  const hit = longestKnown({ boundaries: boundaries.slice(0, lastMark + 1), cache, nowMs });
  const written = { '5m': 0, '1h': 0 };
  let covered = hit?.tokens ?? 0;
  for (const { prefix, tokens, mark } of boundaries) {
    if (mark === undefined) continue;
    cache.memory.add(prefix, { nowMs, ttlMs: cache.ttlMs * (mark === '1h' ? LONG_TTL_FACTOR : 1) });
    if (tokens <= covered) continue;
    written[mark] += tokens - covered;
    covered = tokens;
  }
  return {
    ...use,
    cachedInputTokens: hit?.tokens ?? 0,
    cacheWrite5mTokens: written['5m'],
    cacheWrite1hTokens: written['1h'],
  };
}

function longestKnown({ boundaries, cache, nowMs }: Omit<BoundaryWork, 'use'>): Boundary | undefined {
  return boundaries.findLast((boundary) => cache.memory.has(boundary.prefix, nowMs));
}

function boundariesOf({ model, pieces }: PromptWork): Boundary[] {
  let fingerprint: Fingerprint = extendFingerprint(startFingerprint(), model);
  let tokens = 0;
  return pieces.map((piece) => {
    fingerprint = extendFingerprint(fingerprint, piece.text);
    tokens += piece.tokens;
    return { prefix: `${fingerprintNumber(fingerprint)}:${tokens}`, tokens, mark: piece.mark };
  });
}
