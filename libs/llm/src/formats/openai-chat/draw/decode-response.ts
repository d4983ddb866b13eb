import type { GeneratedImage, GenerateImagesRequest, Usage } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedImages } from '../../../operations/draw/decoded-images.ts';
import { imageOfBase64 } from '../../../operations/draw/read-image.ts';
import { usageOfImages } from '../../../operations/draw/usage-of-images.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { arrayAt, countAt, isObject, type JsonObject, objectAt, stringAt } from '../../json.ts';
import { invalidResponse, type ProviderError } from '../../provider-error.ts';
import { plainBody } from '../plain-body.ts';

/** A whole answer of `POST /images/generations`: as many images as were asked for. */
export function decodeDrawResponse(
  answer: HttpAnswer,
  request: GenerateImagesRequest,
): Result<DecodedImages, ProviderError> {
  const body = plainBody(answer);
  if (!body.ok) return body;
  const format = stringAt(body.value, 'output_format');
  const mediaType = format === undefined ? '' : `image/${format}`;
  const images = arrayAt(body.value, 'data').map((entry) => imageOf(entry, mediaType));
  if (images.length === 0 || !images.every((image) => image !== undefined))
    return err(invalidResponse('the answer has no images, or one without bytes and address', 200));
  return ok({
    images,
    usage: usageOf(objectAt(body.value, 'usage')) ?? usageOfImages(request, images.length),
    providerModel: stringAt(body.value, 'model') ?? '',
  });
}

function imageOf(entry: unknown, mediaType: string): GeneratedImage | undefined {
  if (!isObject(entry)) return undefined;
  const revisedPrompt = stringAt(entry, 'revised_prompt') ?? '';
  const url = stringAt(entry, 'url');
  if (url !== undefined) return { source: { $case: 'url', value: url }, mediaType, revisedPrompt };
  return imageOfBase64(entry.b64_json, { mediaType, revisedPrompt });
}

/** Models that are charged by tokens tell them: what they write is images, unless they say otherwise. */
function usageOf(usage: JsonObject | undefined): Usage | undefined {
  const inputTokens = countAt(usage, 'input_tokens');
  const outputTokens = countAt(usage, 'output_tokens');
  if (usage === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  const written = objectAt(usage, 'output_tokens_details');
  return {
    inputTokens,
    inputImageTokens: countAt(objectAt(usage, 'input_tokens_details'), 'image_tokens'),
    outputTokens,
    outputImageTokens: countAt(written, 'image_tokens') ?? outputTokens,
    estimated: false,
  };
}
