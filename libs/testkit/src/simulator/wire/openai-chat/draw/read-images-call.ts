import { plainCall } from '../../../answer/plain-call.ts';
import { SIMULATED_PNG } from '../../../answer/simulated-media.ts';
import { countTokens } from '../../../answer/tokens.ts';
import { checkShape } from '../../../shape/check-shape.ts';
import { choice, integer, record, required, text } from '../../../shape/shape.ts';
import type { AnswerWriter, CallReading, CallSource } from '../../wire-format.ts';

interface ImagesRequest {
  readonly model: string;
  readonly prompt: string;
  readonly n?: number;
  readonly response_format?: 'url' | 'b64_json';
}

const imagesRequestShape = record({
  model: required(text()),
  prompt: required(text()),
  n: integer({ min: 1, max: 10 }),
  size: text(),
  quality: text(),
  response_format: choice('url', 'b64_json'),
  output_format: choice('png', 'jpeg', 'webp'),
  background: text(),
  style: text(),
  user: text(),
});

/** Tokens of an image of a model that is charged by them: gpt-image-1, low quality, 1024x1024. */
const IMAGE_TOKENS = 272;

/** Reads `POST /v1/images/generations`. Source: https://platform.openai.com/docs/api-reference/images/create */
export function readImagesCall({ body, unknownFields }: CallSource): CallReading {
  const checked = checkShape<ImagesRequest>({ shape: imagesRequestShape, value: body, unknownFields });
  if (!checked.ok)
    return { kind: 'refused', problem: { kind: 'shape', problem: checked.problem }, stream: false };
  const { model, prompt } = checked.value;
  const pieces = [{ text: prompt, tokens: countTokens(prompt) }];
  return { kind: 'call', call: plainCall(model, pieces), writer: imagesWriter(checked.value) };
}

/** As the real ones do: models called gpt-image-… tell tokens and give the image itself, others are charged by the image. */
function imagesWriter({ model, n = 1, response_format: form = 'url' }: ImagesRequest): AnswerWriter {
  const isByToken = model.includes('gpt-image');
  return {
    streamContentType: 'text/event-stream',
    unary: ({ answer, stamp, usage }) => {
      const { inputTokens } = answer.usage;
      const image =
        isByToken || form === 'b64_json'
          ? { b64_json: SIMULATED_PNG }
          : { url: `https://images.example/${stamp.id}.png` };
      const used = {
        input_tokens: inputTokens,
        input_tokens_details: { text_tokens: inputTokens, image_tokens: 0 },
        output_tokens: n * IMAGE_TOKENS,
        total_tokens: inputTokens + n * IMAGE_TOKENS,
      };
      return JSON.stringify({
        created: Math.floor(stamp.unixMs / 1000),
        data: Array.from({ length: n }, () => image),
        ...(isByToken && { output_format: 'png' }),
        ...(isByToken && usage === 'report' && { usage: used }),
      });
    },
    stream: () => [],
  };
}
