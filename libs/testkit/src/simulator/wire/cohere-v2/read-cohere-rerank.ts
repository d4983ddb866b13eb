import { plainCall } from '../../answer/plain-call.ts';
import { rankDocuments } from '../../answer/rank-documents.ts';
import { countTokens } from '../../answer/tokens.ts';
import { checkShape } from '../../shape/check-shape.ts';
import { integer, list, record, required, text } from '../../shape/shape.ts';
import type { CallReading, CallSource } from '../wire-format.ts';

interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly string[];
  readonly top_n?: number;
}

const rerankRequestShape = record({
  model: required(text()),
  query: required(text()),
  documents: required(list(text(), { min: 1, max: 10_000 })),
  top_n: integer({ min: 1 }),
  max_tokens_per_doc: integer({ min: 1 }),
});

const DOCUMENTS_PER_SEARCH = 100;

/** Reads `POST /v2/rerank`. Source: https://docs.cohere.com/reference/rerank */
export function readCohereRerank({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<RerankRequest>({ shape: rerankRequestShape, value: body, unknownFields });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const { model, query, documents, top_n: topN } = checked.value;
  const prompt = [query, ...documents].map((piece) => ({ text: piece, tokens: countTokens(piece) }));
  const searches = Math.ceil(documents.length / DOCUMENTS_PER_SEARCH);
  return {
    kind: 'call',
    call: plainCall(model, prompt),
    writer: {
      streamContentType: 'text/event-stream',
      unary: ({ stamp, usage }) =>
        JSON.stringify({
          id: stamp.id,
          results: rankDocuments(model, { query, documents })
            .slice(0, topN)
            .map(({ index, score }) => ({ index, relevance_score: score })),
          meta: {
            api_version: { version: '2' },
            ...(usage === 'report' && { billed_units: { search_units: searches } }),
          },
        }),
      stream: () => [],
    },
  };
}
