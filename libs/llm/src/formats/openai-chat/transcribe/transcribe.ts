import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeTranscribeResponse } from './decode-response.ts';
import { encodeTranscribeRequest } from './encode-request.ts';

/** OpenAI's transcriptions. Source: https://platform.openai.com/docs/api-reference/audio/createTranscription */
export const transcribe: OperationFormat<'transcribe'> = Object.freeze({
  // Every request can be said.
  findUnsupported: () => undefined,
  encodeRequest: encodeTranscribeRequest,
  decodeResponse: decodeTranscribeResponse,
});
