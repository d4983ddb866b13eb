import type { ModerateResponse } from '@switchyard/contracts/routing';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { OWN_FIELD_NAMES } from '../own-field-names.ts';
import type { AnswerSurface } from '../surface.ts';
import { decodeModerationsBody, type ModerationsBody } from './decode-request.ts';
import { encodeModerationsResponse } from './encode-response.ts';

/** `POST /v1/moderations`. Source: https://platform.openai.com/docs/api-reference/moderations */
export const moderationsSurface: AnswerSurface<ModerationsBody, ModerateResponse> = {
  id: 'openai-moderations',
  decode: decodeModerationsBody,
  encodeResponse: (response) => encodeModerationsResponse(response),
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([['inputs', 'input'], ...OWN_FIELD_NAMES]),
};
