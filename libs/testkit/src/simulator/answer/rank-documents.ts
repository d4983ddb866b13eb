import { embedVector } from './embed-vector.ts';

/** A document's place in a ranking. */
export interface Ranked {
  readonly index: number;
  /** 0 to 1. */
  readonly score: number;
}

/** Documents in the order of how near their vectors are to the query's: those that share words with it come first. */
export function rankDocuments(
  model: string,
  { query, documents }: { readonly query: string; readonly documents: readonly string[] },
): Ranked[] {
  const wanted = embedVector(model, query);
  const nearness = (text: string) =>
    embedVector(model, text).reduce((sum, value, i) => sum + value * (wanted[i] ?? 0), 0);
  return documents
    .map((text, index) => ({ index, score: (1 + nearness(text)) / 2 }))
    .sort((a, b) => b.score - a.score);
}
