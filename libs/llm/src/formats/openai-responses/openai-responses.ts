import { openaiBatches } from '../../batches/openai-batches.ts';
import { checkEventStreamHead } from '../http-answer.ts';
import { classifyChatError } from '../openai-chat/classify-error.ts';
import type { WireFormat } from '../wire-format.ts';
import { decodeResponsesAnswer } from './decode-response.ts';
import { encodeResponsesRequest } from './encode-request.ts';
import { findUnsupportedInResponses, limitThatMatters } from './find-unsupported.ts';
import { ResponsesStreamDecoder } from './stream-decoder.ts';

/** OpenAI's Responses API, without state at the provider. */
export const openaiResponses: WireFormat = Object.freeze({
  id: 'openai-responses',
  findUnsupported: findUnsupportedInResponses,
  unsupportedVariant: limitThatMatters,
  encodeRequest: encodeResponsesRequest,
  authStyle: 'bearer',
  decodeResponse: decodeResponsesAnswer,
  checkStreamHead: checkEventStreamHead,
  createStreamDecoder: (options) => new ResponsesStreamDecoder(options),
  // The error objects of all of OpenAI's APIs are alike.
  classifyError: classifyChatError,
  listModels: { path: '/models' },
  batches: openaiBatches,
} satisfies WireFormat);
