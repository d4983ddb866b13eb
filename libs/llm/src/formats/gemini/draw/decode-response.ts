import type { GeneratedImage, GenerateImagesRequest } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedImages } from '../../../operations/draw/decoded-images.ts';
import { imageOfBase64 } from '../../../operations/draw/read-image.ts';
import { usageOfImages } from '../../../operations/draw/usage-of-images.ts';
import { successBody } from '../../http-answer.ts';
import type { HttpAnswer } from '../../http-message.ts';
import { arrayAt, isObject, stringAt } from '../../json.ts';
import { invalidResponse, type ProviderError, providerError } from '../../provider-error.ts';
import { classifyGeminiError } from '../classify-error.ts';

/** A whole answer of `predict`. Where a filter held images back, the others are told, and charged; all of them is a refusal. */
export function decodeDrawResponse(
  answer: HttpAnswer,
  request: GenerateImagesRequest,
): Result<DecodedImages, ProviderError> {
  if (answer.status !== 200) return err(classifyGeminiError(answer));
  const body = successBody(answer);
  if (!body.ok) return body;
  const predictions = arrayAt(body.value, 'predictions');
  const images = predictions.map(imageOf).filter((image) => image !== undefined);
  if (images.length > 0)
    return ok({ images, usage: usageOfImages(request, images.length), providerModel: '' });
  if (predictions.some((one) => isObject(one) && one.bytesBase64Encoded !== undefined))
    return err(invalidResponse('an image of the answer is empty', 200));
  return err(
    providerError({ class: 'content_filter', httpStatus: 200, detail: 'a filter held all images back' }),
  );
}

function imageOf(prediction: unknown): GeneratedImage | undefined {
  if (!isObject(prediction)) return undefined;
  const mediaType = stringAt(prediction, 'mimeType') ?? '';
  return imageOfBase64(prediction.bytesBase64Encoded, { mediaType, revisedPrompt: '' });
}
