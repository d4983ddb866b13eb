import type { GenerateImagesResponse } from '@switchyard/contracts/routing';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { OWN_FIELD_NAMES } from '../own-field-names.ts';
import type { AnswerSurface } from '../surface.ts';
import { decodeImagesBody, type ImagesBody } from './decode-request.ts';
import { encodeImagesResponse } from './encode-response.ts';

/** `POST /v1/images/generations`. Source: https://platform.openai.com/docs/api-reference/images/create */
export const imagesSurface: AnswerSurface<ImagesBody, GenerateImagesResponse> = {
  id: 'openai-images',
  decode: decodeImagesBody,
  encodeResponse: encodeImagesResponse,
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([['count', 'n'], ...OWN_FIELD_NAMES]),
};
