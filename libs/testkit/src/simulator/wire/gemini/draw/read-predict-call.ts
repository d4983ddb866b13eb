import { plainCall } from '../../../answer/plain-call.ts';
import { SIMULATED_PNG } from '../../../answer/simulated-media.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { choice, integer, list, record, required, text } from '../../../shape/shape.ts';
import type { CallReading, CallSource } from '../../wire-format.ts';

interface PredictRequest {
  readonly instances: readonly { readonly prompt: string }[];
  readonly parameters?: { readonly sampleCount?: number };
}

const predictRequestShape = record({
  instances: required(list(record({ prompt: required(text()) }), { min: 1, max: 1 })),
  parameters: record({
    sampleCount: integer({ min: 1, max: 4 }),
    aspectRatio: choice('1:1', '3:4', '4:3', '9:16', '16:9'),
  }),
});

/** Reads `POST /models/{model}:predict` of Imagen. Source: https://ai.google.dev/gemini-api/docs/imagen */
export function readPredictCall({ body, route: { model = '' }, unknownFields }: CallSource): CallReading {
  const checked = checkShape<PredictRequest>({ shape: predictRequestShape, value: body, unknownFields });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, model, stream: false };
  const { instances, parameters } = checked.value;
  const prompt = instances.map((instance) => ({
    text: instance.prompt,
    tokens: countTokens(instance.prompt),
  }));
  const image = { bytesBase64Encoded: SIMULATED_PNG, mimeType: 'image/png' };
  return {
    kind: 'call',
    call: plainCall(model, prompt),
    writer: {
      streamContentType: 'text/event-stream',
      unary: () =>
        JSON.stringify({ predictions: Array.from({ length: parameters?.sampleCount ?? 1 }, () => image) }),
      stream: () => [],
    },
  };
}
