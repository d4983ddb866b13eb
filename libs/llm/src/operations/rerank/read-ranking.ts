import type { RankedDocument, RerankRequest, Usage } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { arrayAt, countAt, isObject, type JsonObject, objectAt } from '../../formats/json.ts';
import { invalidResponse, type ProviderError } from '../../formats/provider-error.ts';

/**
 * Documents as a provider ranked them: as many as were asked for, each once, the best first. Anything else would be an order
 * that nobody can tell from a right one.
 */
export function readRanking(
  body: JsonObject,
  { documents, topN }: RerankRequest,
): Result<RankedDocument[], ProviderError> {
  const results: RankedDocument[] = [];
  const seen = new Set<number>();
  for (const entry of arrayAt(body, 'results')) {
    const index = isObject(entry) ? countAt(entry, 'index') : undefined;
    const relevanceScore = isObject(entry) ? entry.relevance_score : undefined;
    if (index === undefined || index >= documents.length || typeof relevanceScore !== 'number')
      return err(invalidResponse('a result of the answer has no index of a document, or no score', 200));
    seen.add(index);
    results.push({ index, relevanceScore });
  }
  const wanted = Math.min(topN ?? documents.length, documents.length);
  if (results.length !== wanted || seen.size !== wanted)
    return err(
      invalidResponse(`the answer ranks ${seen.size} documents where ${wanted} were asked for`, 200),
    );
  return ok(results.sort((a, b) => b.relevanceScore - a.relevanceScore));
}

/** What rerankers say they used: searches, as Cohere bills them, or tokens. Never both, so that nothing is charged twice. */
export function readRankingUsage(body: JsonObject): Usage | undefined {
  const billed = objectAt(objectAt(body, 'meta') ?? {}, 'billed_units');
  const searches = countAt(billed, 'search_units');
  if (searches !== undefined) return { inputTokens: 0, outputTokens: 0, searches, estimated: false };
  const usage = objectAt(body, 'usage');
  const inputTokens = countAt(usage, 'prompt_tokens') ?? countAt(usage, 'total_tokens');
  return inputTokens === undefined ? undefined : { inputTokens, outputTokens: 0, estimated: false };
}
