import { checkEventStreamHead } from '../http-answer.ts';
import type { WireFormat } from '../wire-format.ts';
import { classifyGeminiError } from './classify-error.ts';
import { decodeGenerateResponse } from './decode-response.ts';
import { draw } from './draw/draw.ts';
import { embed } from './embed/embed.ts';
import { encodeGenerateRequest } from './encode-request.ts';
import { findUnsupportedInGemini } from './find-unsupported.ts';
import { generationOf } from './model-generation.ts';
import { GeminiStreamDecoder } from './stream-decoder.ts';

/** Google's Gemini API: generateContent and streamGenerateContent. */
export const gemini: WireFormat = Object.freeze({
  id: 'gemini',
  findUnsupported: findUnsupportedInGemini,
  unsupportedVariant: generationOf,
  encodeRequest: encodeGenerateRequest,
  authStyle: 'x-goog-api-key',
  decodeResponse: decodeGenerateResponse,
  checkStreamHead: checkEventStreamHead,
  createStreamDecoder: (options) => new GeminiStreamDecoder(options),
  classifyError: classifyGeminiError,
  operations: { embed, draw },
  // https://ai.google.dev/api/models
  listModels: { path: '/models' },
} satisfies WireFormat);
