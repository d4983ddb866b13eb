import { embedVector } from '../../../answer/embed-vector.ts';
import { plainCall } from '../../../answer/plain-call.ts';
import type { PromptPiece } from '../../../answer/simulated-call.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { choice, either, integer, list, record, required, text } from '../../../shape/shape.ts';
import type { AnswerWriter, CallReading, CallSource } from '../../wire-format.ts';

interface EmbedRequest {
  readonly model: string;
  readonly input: string | readonly (string | number | readonly number[])[];
  readonly dimensions?: number;
  readonly encoding_format?: 'float' | 'base64';
}

const tokens = list(integer({ min: 0 }), { min: 1, max: 8_192 });
const embedRequestShape = record({
  model: required(text()),
  input: required(either(text(), list(either(text(), integer({ min: 0 }), tokens), { min: 1, max: 2_048 }))),
  dimensions: integer({ min: 1 }),
  encoding_format: choice('float', 'base64'),
  user: text(),
});

/** Reads `POST /v1/embeddings`. Source: https://platform.openai.com/docs/api-reference/embeddings/create */
export function readEmbedCall({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<EmbedRequest>({ shape: embedRequestShape, value: body, unknownFields });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const request = checked.value;
  const inputs = inputsOf(request.input);
  if (inputs.some((input) => input.tokens === 0)) {
    const message = "Invalid 'input': input cannot be an empty string.";
    return {
      kind: 'refused',
      problem: { kind: 'rule', message, field: 'input' },
      model: request.model,
      stream: false,
    };
  }
  return { kind: 'call', call: plainCall(request.model, inputs), writer: embedWriter(request, inputs) };
}

/** One text, several, one list of tokens, or several. */
function inputsOf(input: EmbedRequest['input']): PromptPiece[] {
  if (typeof input === 'string') return [pieceOf(input)];
  if (typeof input[0] === 'number') return [pieceOf(input as readonly number[])];
  return input.map((each) => pieceOf(each as string | readonly number[]));
}

const pieceOf = (input: string | readonly number[]): PromptPiece =>
  typeof input === 'string'
    ? { text: input, tokens: countTokens(input) }
    : { text: input.join(' '), tokens: input.length };

function embedWriter(request: EmbedRequest, inputs: readonly PromptPiece[]): AnswerWriter {
  const { model, dimensions, encoding_format: encoding } = request;
  return {
    streamContentType: 'text/event-stream',
    unary: ({ answer, usage }) =>
      JSON.stringify({
        object: 'list',
        data: inputs.map(({ text: input }, index) => ({
          object: 'embedding',
          index,
          embedding: encoded(embedVector(model, input, dimensions), encoding),
        })),
        model,
        ...(usage === 'report' && {
          usage: { prompt_tokens: answer.usage.inputTokens, total_tokens: answer.usage.inputTokens },
        }),
      }),
    stream: () => [],
  };
}

const encoded = (vector: readonly number[], encoding: EmbedRequest['encoding_format']) =>
  encoding === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
