import type { RerankRequest } from '@switchyard/contracts/routing';
import { measureRerank } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import { checkText } from './check-text.ts';
import type { OperationRules } from './operation-rules.ts';

const MAX_QUERY_BYTES = 64 * 1024;
const MAX_DOCUMENTS = 1_000;
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** Documents, to be ordered. */
export const rerank: OperationRules<'rerank'> = {
  validate: checkRerank,
  capabilitiesOf: () => ['rerank'],
  sizeOf: (request) => {
    const { expected, most, longest, expectedSearches, mostSearches } = measureRerank(request);
    return {
      estimatedInputTokens: expected,
      inputTokenBound: most,
      estimatedContextTokens: longest,
      contexts: request.documents.length,
      maxOutputTokens: 0,
      units: [{ unit: 'query', expected: expectedSearches, most: mostSearches }],
    };
  },
};

function checkRerank({ query, documents, topN }: RerankRequest, check: Check): void {
  checkText(query, { field: 'query', maxBytes: MAX_QUERY_BYTES }, check);
  check(
    documents.length > 0 && documents.length <= MAX_DOCUMENTS,
    'documents',
    `must be 1 to ${MAX_DOCUMENTS}`,
  );
  documents.slice(0, MAX_DOCUMENTS).forEach((document, i) => {
    checkText(document, { field: `documents[${i}]`, maxBytes: MAX_DOCUMENT_BYTES }, check);
  });
  check(topN === undefined || topN >= 1, 'top_n', 'must be 1 or more');
}
