import { err, ok, type Result } from '@switchyard/kernel';
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts';
import { classifyMessagesError } from '../anthropic-messages/classify-error.ts';
import { encodeMessagesBody } from '../anthropic-messages/encode-request.ts';
import type { DecodedResponse } from '../decoded-response.ts';
import { findUnsupportedPart } from '../find-part.ts';
import { classifyGeminiError } from '../gemini/classify-error.ts';
import { errorBody } from '../http-answer.ts';
import type { EncodedRequest, HttpAnswer } from '../http-message.ts';
import type { PartContent } from '../parts.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput, WireFormat } from '../wire-format.ts';
import { asFormat } from './as-format.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });
/** https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai */
const VERSION = 'vertex-2023-10-16';

/**
 * Claude on Vertex AI: the Messages API with the model in the path and the version in the body. Claude answers in its own form,
 * and what stands before it in Google's.
 */
export const vertexAnthropic: WireFormat = Object.freeze({
  ...anthropicMessages,
  listModels: undefined,
  batches: undefined,
  id: 'vertex-anthropic',
  authStyle: 'google-oauth',
  findUnsupported: (input) =>
    anthropicMessages.findUnsupported(asMessages(input)) ?? findForeignSource(input),
  encodeRequest,
  decodeResponse,
  classifyError,
} satisfies WireFormat);

const asMessages = (input: EncodeInput): EncodeInput =>
  asFormat(input, { from: 'vertex-anthropic', to: 'anthropic-messages' });

function encodeRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const foreign = findForeignSource(input);
  if (foreign !== undefined) return err(foreign);
  const encoded = encodeMessagesBody(asMessages(input));
  if (!encoded.ok) return encoded;
  const { model: _, ...body } = encoded.value;
  const call = input.stream ? 'streamRawPredict' : 'rawPredict';
  return ok({
    path: `/models/${encodeURIComponent(input.model)}:${call}`,
    query: undefined,
    headers: HEADERS,
    body: JSON.stringify({ anthropic_version: VERSION, ...body }),
  });
}

/** There are no files here, and nothing is fetched from an address. */
const findForeignSource = ({ request }: EncodeInput): Unsupported | undefined =>
  findUnsupportedPart(request, (content) => (isForeign(content) ? 'must be data here' : undefined));

const isForeign = (content: PartContent): boolean =>
  (content.$case === 'image' || content.$case === 'file') &&
  content.value.source !== undefined &&
  content.value.source.$case !== 'data';

function decodeResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  return answer.status === 200 ? anthropicMessages.decodeResponse(answer) : err(classifyError(answer));
}

function classifyError(answer: HttpAnswer): ProviderError {
  return errorBody(answer)?.type === 'error' ? classifyMessagesError(answer) : classifyGeminiError(answer);
}
