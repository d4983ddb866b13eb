import {
  type CacheOptions,
  type CachePolicy,
  CacheUse,
  type SemanticMatching,
} from '@switchyard/contracts/routing';
import type { Check } from '../request/validate-requirements.ts';

/** 30 days. */
export const MAX_TTL_SECONDS = 2_592_000;
/** Below it, texts that share no more than their subject are taken for the same. */
const MIN_SIMILARITY = 0.5;

const MAX_MODEL_CHARACTERS = 256;

const isUse = (use: CacheUse): boolean =>
  use === CacheUse.UNSPECIFIED || use === CacheUse.OFF || use === CacheUse.ON;

/** Checks what a pool, a policy or a request says of cached answers. */
export function checkCachePolicy(
  { use, ttlSeconds, semantic }: Pick<CachePolicy, 'use' | 'ttlSeconds' | 'semantic'>,
  check: Check,
): void {
  check(isUse(use), 'cache.use', 'must be on or off');
  check(
    ttlSeconds === undefined || (ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS),
    'cache.ttl_seconds',
    `must be from 1 to ${MAX_TTL_SECONDS}`,
  );
  if (semantic !== undefined) checkSemantic(semantic, check);
}

function checkSemantic({ use, embeddingModel, minSimilarity }: SemanticMatching, check: Check): void {
  check(isUse(use), 'cache.semantic.use', 'must be on or off');
  const isNamed = embeddingModel.length > 0 && embeddingModel.length <= MAX_MODEL_CHARACTERS;
  check(
    use === CacheUse.ON ? isNamed : embeddingModel === '',
    'cache.semantic.embedding_model',
    `must be a model of at most ${MAX_MODEL_CHARACTERS} characters where use is on, and left out elsewhere`,
  );
  check(
    minSimilarity === undefined || (minSimilarity >= MIN_SIMILARITY && minSimilarity <= 1),
    'cache.semantic.min_similarity',
    `must be from ${MIN_SIMILARITY} to 1`,
  );
}

/** Checks what a request says of cached answers. */
export function checkCacheOptions(options: CacheOptions, check: Check): void {
  const { maxAgeSeconds } = options;
  checkCachePolicy(options, check);
  check(
    maxAgeSeconds === undefined || (maxAgeSeconds >= 0 && maxAgeSeconds <= MAX_TTL_SECONDS),
    'cache.max_age_seconds',
    `must be from 0 to ${MAX_TTL_SECONDS}`,
  );
}
