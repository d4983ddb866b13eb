import type { RerankResponse, Usage } from '@switchyard/contracts/routing';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import type { RerankBody } from './decode-request.ts';

/** The body of an answer of `POST /v1/rerank`. */
export function encodeRerankResponse(
  response: RerankResponse,
  { request: { model, documents }, returnDocuments }: RerankBody,
): object {
  return {
    id: response.requestId,
    model,
    results: response.results.map(({ index, relevanceScore }) => ({
      index,
      relevance_score: relevanceScore,
      ...(returnDocuments && { document: { text: documents[index] } }),
    })),
    ...usageOf(response.usage),
    switchyard: encodeExtension(response),
  };
}

/** As Jina tells tokens, or as Cohere tells searches. */
function usageOf(usage: Usage | undefined): object {
  if (usage?.searches !== undefined) return { meta: { billed_units: { search_units: usage.searches } } };
  const { inputTokens } = usage ?? {};
  return inputTokens === undefined
    ? {}
    : { usage: { prompt_tokens: inputTokens, total_tokens: inputTokens } };
}
