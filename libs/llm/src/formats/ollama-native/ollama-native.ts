import { checkStreamType } from '../http-answer.ts';
import type { WireFormat } from '../wire-format.ts';
import { classifyOllamaError } from './classify-error.ts';
import { decodeOllamaResponse } from './decode-response.ts';
import { encodeOllamaRequest } from './encode-request.ts';
import { findUnsupportedInOllama } from './find-unsupported.ts';
import { OllamaStreamDecoder } from './stream-decoder.ts';

/** Ollama's own API: /api/chat. */
export const ollamaNative: WireFormat = Object.freeze({
  id: 'ollama-native',
  findUnsupported: findUnsupportedInOllama,
  // Neither the id nor the limit matters here.
  unsupportedVariant: () => undefined,
  encodeRequest: encodeOllamaRequest,
  // https://github.com/ollama/ollama/issues/6778
  continuesLastTurn: () => true,
  authStyle: 'bearer',
  decodeResponse: decodeOllamaResponse,
  checkStreamHead: (head) => checkStreamType(head, 'application/x-ndjson'),
  createStreamDecoder: (options) => new OllamaStreamDecoder(options),
  classifyError: classifyOllamaError,
  // https://docs.ollama.com/api/tags
  listModels: { path: '/api/tags' },
} satisfies WireFormat);
