import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeSpeakResponse } from './decode-response.ts';
import { encodeSpeakRequest } from './encode-request.ts';

/** OpenAI's speech. Source: https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const speak: OperationFormat<'speak'> = Object.freeze({
  // Every request can be said.
  findUnsupported: () => undefined,
  encodeRequest: encodeSpeakRequest,
  decodeResponse: decodeSpeakResponse,
});
