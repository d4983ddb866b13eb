import { plainCall } from '../../../answer/plain-call.ts';
import { rankDocuments } from '../../../answer/rank-documents.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { flag, integer, list, record, required, text } from '../../../shape/shape.ts';
import type { AnswerWriter, CallReading, CallSource } from '../../wire-format.ts';

interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly documents: readonly string[];
  readonly top_n?: number;
  readonly return_documents?: boolean;
}

const rerankRequestShape = record({
  model: required(text()),
  query: required(text()),
  documents: required(list(text(), { min: 1, max: 10_000 })),
  top_n: integer({ min: 1 }),
  return_documents: flag,
});

/** Reads `POST /v1/rerank`. Source: https://jina.ai/reranker */
export function readRerankCall({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<RerankRequest>({ shape: rerankRequestShape, value: body, unknownFields });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const { model, query, documents } = checked.value;
  const prompt = documents.map((document) => {
    const pair = `${query} ${document}`;
    return { text: pair, tokens: countTokens(pair) };
  });
  return { kind: 'call', call: plainCall(model, prompt), writer: rerankWriter(checked.value) };
}

function rerankWriter(request: RerankRequest): AnswerWriter {
  const { model, documents, top_n: topN, return_documents: returned = true } = request;
  return {
    streamContentType: 'text/event-stream',
    unary: ({ answer, usage }) =>
      JSON.stringify({
        model,
        object: 'list',
        ...(usage === 'report' && { usage: { total_tokens: answer.usage.inputTokens } }),
        results: rankDocuments(model, request)
          .slice(0, topN)
          .map(({ index, score }) => ({
            index,
            relevance_score: score,
            ...(returned && { document: { text: documents[index] } }),
          })),
      }),
    stream: () => [],
  };
}
