import { claudeContinuesLastTurn } from '../anthropic-messages/continues-last-turn.ts';
import { checkStreamType } from '../http-answer.ts';
import type { WireFormat } from '../wire-format.ts';
import { classifyConverseError } from './classify-error.ts';
import { decodeConverseResponse } from './decode-response.ts';
import { encodeConverseRequest } from './encode-request.ts';
import { findUnsupportedInConverse, variantOfConverse } from './find-unsupported.ts';
import { ConverseStreamDecoder } from './stream-decoder.ts';

/** Amazon Bedrock's Converse API. */
export const bedrockConverse: WireFormat = Object.freeze({
  id: 'bedrock-converse',
  findUnsupported: findUnsupportedInConverse,
  unsupportedVariant: variantOfConverse,
  encodeRequest: encodeConverseRequest,
  // Other models refuse it, or nobody says that they take it.
  continuesLastTurn: claudeContinuesLastTurn,
  authStyle: 'aws-sigv4',
  decodeResponse: decodeConverseResponse,
  checkStreamHead: (head) => checkStreamType(head, 'application/vnd.amazon.eventstream'),
  createStreamDecoder: (options) => new ConverseStreamDecoder(options),
  classifyError: classifyConverseError,
} satisfies WireFormat);
