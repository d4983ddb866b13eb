import type { GeneratedImage, GenerateImagesResponse, Usage } from '@switchyard/contracts/routing';
import type { AnswerHead } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import type { ImagesBody } from './decode-request.ts';

/** The body of an answer of `POST /v1/images/generations`. */
export function encodeImagesResponse(
  response: GenerateImagesResponse,
  { createdAtMs }: AnswerHead<ImagesBody>,
): object {
  return {
    created: Math.floor(createdAtMs / 1000),
    data: response.images.map(encodeImage),
    ...formatOf(response.images[0]),
    ...usageOf(response.usage),
    switchyard: encodeExtension(response),
  };
}

function encodeImage({ source, revisedPrompt }: GeneratedImage): object {
  const image =
    source?.$case === 'url'
      ? { url: source.value }
      : { b64_json: Buffer.from(source?.value ?? []).toString('base64') };
  return { ...image, ...(revisedPrompt !== '' && { revised_prompt: revisedPrompt }) };
}

function formatOf(image: GeneratedImage | undefined): object {
  const [, format] = /^image\/(png|jpeg|webp)$/.exec(image?.mediaType ?? '') ?? [];
  return format === undefined ? {} : { output_format: format };
}

/** Images that are charged by tokens tell them. */
function usageOf(usage: Usage | undefined): object {
  const { inputTokens, outputTokens, inputImageTokens = 0, outputImages } = usage ?? {};
  if (inputTokens === undefined || outputTokens === undefined || outputImages !== undefined) return {};
  return {
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { image_tokens: inputImageTokens, text_tokens: inputTokens - inputImageTokens },
      output_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
    },
  };
}
