import { embedVector } from '../../../answer/embed-vector.ts';
import { plainCall } from '../../../answer/plain-call.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { choice, integer, list, record, required, text } from '../../../shape/shape.ts';
import type { CallReading, CallSource } from '../../wire-format.ts';

interface EmbedRequest {
  readonly requests: readonly {
    readonly model: string;
    readonly content: { readonly parts: readonly { readonly text: string }[] };
    readonly outputDimensionality?: number;
  }[];
}

const TASKS = [
  'TASK_TYPE_UNSPECIFIED',
  'RETRIEVAL_QUERY',
  'RETRIEVAL_DOCUMENT',
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
];
const embedRequestShape = record({
  requests: required(
    list(
      record({
        model: required(text()),
        content: required(
          record({ parts: required(list(record({ text: required(text()) }))), role: text() }),
        ),
        taskType: choice(...TASKS),
        title: text(),
        outputDimensionality: integer({ min: 1 }),
      }),
      { min: 1, max: 100 },
    ),
  ),
});

/** Reads `POST /models/{model}:batchEmbedContents`. Source: https://ai.google.dev/api/embeddings */
export function readEmbedCall({ body, route, unknownFields }: CallSource): CallReading {
  const model = route.model ?? '';
  const refused = { kind: 'refused', model, stream: false } as const;
  const checked = checkShape<EmbedRequest>({ shape: embedRequestShape, value: body, unknownFields });
  if (!checked.ok) return { ...refused, problem: { kind: 'shape', problem: checked.problem } };
  const { requests } = checked.value;
  if (requests.some((each) => each.model !== `models/${model}`)) {
    const message = 'The model of each request must match the model of the batch.';
    return { ...refused, problem: { kind: 'rule', message, field: 'requests' } };
  }
  const inputs = requests.map(({ content, outputDimensionality }) => ({
    text: content.parts.map((part) => part.text).join(''),
    dimensions: outputDimensionality,
  }));
  return {
    kind: 'call',
    call: plainCall(
      model,
      inputs.map((input) => ({ text: input.text, tokens: countTokens(input.text) })),
    ),
    writer: {
      streamContentType: 'text/event-stream',
      unary: () =>
        JSON.stringify({
          embeddings: inputs.map((input) => ({ values: embedVector(model, input.text, input.dimensions) })),
        }),
      stream: () => [],
    },
  };
}
