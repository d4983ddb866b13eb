import type { RerankRequest } from '@switchyard/contracts/routing';
import { estimateTextTokens } from '../../rating/count-tokens.ts';

/** What a provider may add to a pair of query and document: marks, and a model's own instruction. */
const MOST_PER_PAIR = 128;
/** Documents of one search, and tokens of one document: longer ones are cut, and each piece counts as a document. Source: Cohere's pricing. */
const SEARCH = { documents: 100, tokens: 500 } as const;

/** Tokens of a ranking. */
export interface RerankTokens {
  /** Expected: rerankers read the query with each document. */
  readonly expected: number;
  /** At most: text has at most one token a byte. */
  readonly most: number;
  /** Expected of the longest pair: each has the model's context for itself. */
  readonly longest: number;
  /** Searches that are expected to be charged. */
  readonly expectedSearches: number;
  /** Searches that are charged at most. */
  readonly mostSearches: number;
}

/** Sizes up a request in one pass. */
export function measureRerank({ query, documents }: RerankRequest): RerankTokens {
  const queryBytes = Buffer.byteLength(query);
  const size = { expected: 0, most: 0, longest: 0 };
  const pieces = { expected: 0, most: 0 };
  for (const document of documents) {
    const bytes = queryBytes + Buffer.byteLength(document);
    const tokens = estimateTextTokens(bytes);
    size.expected += tokens;
    size.most += bytes + MOST_PER_PAIR;
    size.longest = Math.max(size.longest, tokens);
    pieces.expected += Math.max(1, Math.ceil(tokens / SEARCH.tokens));
    // The query is in each piece: where it fills one, pieces hold at least one token of the document.
    pieces.most += piecesAtMost({ queryBytes, documentBytes: bytes - queryBytes });
  }
  return {
    ...size,
    expectedSearches: Math.ceil(pieces.expected / SEARCH.documents),
    mostSearches: Math.ceil(pieces.most / SEARCH.documents),
  };
}

function piecesAtMost({ queryBytes, documentBytes }: { queryBytes: number; documentBytes: number }): number {
  const room = Math.max(1, SEARCH.tokens - queryBytes - MOST_PER_PAIR);
  return Math.max(1, Math.ceil(documentBytes / room));
}
