import type { SpeakResponse } from '@switchyard/contracts/routing';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { OWN_FIELD_NAMES } from '../own-field-names.ts';
import { type AnswerSurface, RawBody } from '../surface.ts';
import { decodeSpeechBody, type SpeechBody } from './decode-request.ts';

/** `POST /v1/audio/speech`, answered by sound. Source: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const speechSurface: AnswerSurface<SpeechBody, SpeakResponse> = {
  id: 'openai-speech',
  decode: decodeSpeechBody,
  encodeResponse: ({ audio, mediaType }) => new RawBody(mediaType, audio),
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([['text', 'input'], ['format', 'response_format'], ...OWN_FIELD_NAMES]),
};
