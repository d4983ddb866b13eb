import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { MessageBuilder } from '../message-builder.ts';
import { invalidResponse, type ProviderError, providerError } from '../provider-error.ts';
import { blockedPrompt } from './blocked-prompt.ts';
import { classifyGeminiError, classifyGeminiErrorBody } from './classify-error.ts';
import { decodeGeminiUsage } from './decode-usage.ts';
import { decodeFinishReason, failedFinishReason } from './finish-reason.ts';
import { PartDecoder } from './part-decoder.ts';

/** A whole answer of generateContent. */
export function decodeGenerateResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyGeminiError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  if (isObject(body.error)) {
    return err(classifyGeminiErrorBody(body, { status: undefined, retryAfterMs: undefined }));
  }
  const blocked = blockedPrompt(body);
  if (blocked !== undefined) return err(blocked);
  const candidate = arrayAt(body, 'candidates')[0];
  const reason = isObject(candidate) ? stringAt(candidate, 'finishReason') : undefined;
  if (!isObject(candidate) || !reason) {
    return err(invalidResponse('the answer has no candidate with a finishReason', 200));
  }
  const failure = failedFinishReason(reason);
  if (failure !== undefined) return err(providerError({ class: failure, code: reason, httpStatus: 200 }));
  return decodeCandidate({ body, candidate, reason });
}

function decodeCandidate({
  body,
  candidate,
  reason,
}: {
  readonly body: JsonObject;
  readonly candidate: JsonObject;
  readonly reason: string;
}): Result<DecodedResponse, ProviderError> {
  const content = objectAt(candidate, 'content');
  // A filtered or cut answer may have none, a finished one must.
  if (content === undefined && reason === 'STOP')
    return err(invalidResponse('the answer has no content', 200));
  const parts = new PartDecoder();
  const builder = new MessageBuilder();
  for (const part of content === undefined ? [] : arrayAt(content, 'parts')) {
    const deltas = parts.decode(part, stringAt(body, 'responseId'));
    if (typeof deltas === 'string') return err(invalidResponse(deltas, 200));
    for (const delta of deltas) builder.add({ content: delta });
  }
  const usage = objectAt(body, 'usageMetadata');
  return ok({
    message: builder.message(),
    finishReason: decodeFinishReason(reason, { toolCalls: parts.calls > 0 }),
    usage: usage === undefined ? undefined : decodeGeminiUsage(usage),
    providerModel: stringAt(body, 'modelVersion') ?? '',
  });
}
