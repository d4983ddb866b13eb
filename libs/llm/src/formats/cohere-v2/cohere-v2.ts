import { checkEventStreamHead } from '../http-answer.ts';
import type { WireFormat } from '../wire-format.ts';
import { classifyCohereError } from './classify-error.ts';
import { decodeCohereResponse } from './decode-response.ts';
import { embed } from './embed.ts';
import { encodeCohereRequest } from './encode-request.ts';
import { findUnsupportedInCohere } from './find-unsupported.ts';
import { rerank } from './rerank.ts';
import { CohereStreamDecoder } from './stream-decoder.ts';

/** Cohere's API, version 2: https://docs.cohere.com/reference/chat */
export const cohereV2: WireFormat = Object.freeze({
  id: 'cohere-v2',
  findUnsupported: findUnsupportedInCohere,
  // Neither the id nor the limit matters here.
  unsupportedVariant: () => undefined,
  encodeRequest: encodeCohereRequest,
  authStyle: 'bearer',
  decodeResponse: decodeCohereResponse,
  checkStreamHead: checkEventStreamHead,
  createStreamDecoder: (options) => new CohereStreamDecoder(options),
  classifyError: classifyCohereError,
  operations: { embed, rerank },
} satisfies WireFormat);
