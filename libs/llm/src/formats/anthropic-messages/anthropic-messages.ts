import { anthropicBatches } from '../../batches/anthropic-batches.ts';
import { checkEventStreamHead } from '../http-answer.ts';
import type { WireFormat } from '../wire-format.ts';
import { classifyMessagesError } from './classify-error.ts';
import { claudeContinuesLastTurn } from './continues-last-turn.ts';
import { decodeMessagesResponse } from './decode-response.ts';
import { encodeMessagesRequest, VERSION } from './encode-request.ts';
import { findUnsupportedInMessages, limitThatMatters } from './find-unsupported.ts';
import { MessagesStreamDecoder } from './stream-decoder.ts';

/** Anthropic's Messages API. */
export const anthropicMessages: WireFormat = Object.freeze({
  id: 'anthropic-messages',
  findUnsupported: findUnsupportedInMessages,
  unsupportedVariant: limitThatMatters,
  encodeRequest: encodeMessagesRequest,
  continuesLastTurn: claudeContinuesLastTurn,
  requiresOutputLimit: true,
  authStyle: 'x-api-key',
  decodeResponse: decodeMessagesResponse,
  checkStreamHead: checkEventStreamHead,
  createStreamDecoder: (options) => new MessagesStreamDecoder(options),
  classifyError: classifyMessagesError,
  // https://platform.claude.com/docs/en/api/models-list
  listModels: { path: '/models', headers: VERSION },
  batches: anthropicBatches,
} satisfies WireFormat);
