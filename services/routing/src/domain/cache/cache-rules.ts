import { type CachePolicy, CacheUse, Purpose, type SemanticMatching } from '@switchyard/contracts/routing';
import type { Envelope, Operation } from '@switchyard/llm';
import { type PolicyScope, policiesOf } from '../request/policies-of.ts';

/** How one request uses the cache. */
export interface CacheRules {
  /** Longest that its answer is kept, in milliseconds. */
  readonly ttlMs: number;
  /** Oldest answer that it takes, in milliseconds. 0: none. */
  readonly maxAgeMs: number;
  /** Whether its answer is kept. */
  readonly keeps: boolean;
  /** How answers to questions that mean nearly the same are given; undefined: not at all. */
  readonly semantic: SemanticRules | undefined;
}

/** When two questions mean nearly the same. */
export interface SemanticRules {
  /** Who embeds them. */
  readonly embeddingModel: string;
  /** Least cosine similarity of their vectors. */
  readonly minSimilarity: number;
}

const DEFAULT_TTL_SECONDS = 3_600;
/** Strict: a wrong answer costs more than a call. */
const DEFAULT_MIN_SIMILARITY = 0.97;

/** How a request uses the cache; undefined: not at all. Of request, pool and policies the stricter counts. */
export function cacheRulesOf(operation: Operation, scope: PolicyScope): CacheRules | undefined {
  const request: Envelope = operation.request;
  const own = request.cache;
  const policies = policiesOf(scope, ({ cache }) => cache);
  if (own === undefined && policies.length === 0) return undefined;
  if (request.purpose === Purpose.PROBE || own?.use === CacheUse.OFF) return undefined;
  if (policies.some(({ use }) => use === CacheUse.OFF)) return undefined;
  const isOn = own?.use === CacheUse.ON || (!wantsVariety(operation) && policies.some(isOnIn));
  if (!isOn) return undefined;
  const stated = [own, ...policies].flatMap((policy) => policy?.ttlSeconds ?? []);
  const ttlMs = (stated.length === 0 ? DEFAULT_TTL_SECONDS : Math.min(...stated)) * 1_000;
  const maxAgeMs = Math.min(ttlMs, (own?.maxAgeSeconds ?? Number.POSITIVE_INFINITY) * 1_000);
  const semantic = semanticRulesOf(operation, {
    own: own?.semantic,
    policies: policies.flatMap((policy) => policy.semantic ?? []),
  });
  return { ttlMs, maxAgeMs, keeps: own?.noStore !== true, semantic };
}

function semanticRulesOf(
  operation: Operation,
  said: { readonly own: SemanticMatching | undefined; readonly policies: readonly SemanticMatching[] },
): SemanticRules | undefined {
  const own = said.own === undefined ? [] : [said.own];
  const all = [...own, ...said.policies];
  if (operation.kind !== 'chat' || all.some(({ use }) => use === CacheUse.OFF)) return undefined;
  const on = (wantsVariety(operation) ? own : all).find(({ use }) => use === CacheUse.ON);
  if (on === undefined) return undefined;
  const stated = all.flatMap(({ minSimilarity }) => minSimilarity ?? []);
  const minSimilarity = stated.length === 0 ? DEFAULT_MIN_SIMILARITY : Math.max(...stated);
  return { embeddingModel: on.embeddingModel, minSimilarity };
}

const isOnIn = ({ use }: CachePolicy): boolean => use === CacheUse.ON;

/** Whoever names a temperature wants answers that differ; whoever names none has the provider's, and does not say so. */
const wantsVariety = (operation: Operation): boolean =>
  operation.kind === 'chat' && (operation.request.sampling?.temperature ?? 0) > 0;
