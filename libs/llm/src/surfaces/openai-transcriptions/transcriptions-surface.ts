import type { TranscribeResponse } from '@switchyard/contracts/routing';
import { encodeChatError } from '../openai-chat/encode-error.ts';
import { OWN_FIELD_NAMES } from '../own-field-names.ts';
import type { AnswerSurface } from '../surface.ts';
import { decodeTranscriptionsForm, type TranscriptionsForm } from './decode-request.ts';
import { encodeTranscription } from './encode-response.ts';

/** `POST /v1/audio/transcriptions`, a form. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription */
export const transcriptionsSurface: AnswerSurface<TranscriptionsForm, TranscribeResponse> = {
  id: 'openai-transcriptions',
  body: 'form',
  decode: decodeTranscriptionsForm,
  encodeResponse: (response, { asked }) => encodeTranscription(response, asked),
  encodeError: encodeChatError,
  requestIdHeader: 'x-request-id',
  fieldNames: new Map([
    ['audio', 'file'],
    ['media_type', 'file'],
    ['filename', 'file'],
    ['timestamps', 'timestamp_granularities[]'],
    ...OWN_FIELD_NAMES,
  ]),
};
