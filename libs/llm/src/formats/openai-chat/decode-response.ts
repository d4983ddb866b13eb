import type { Part } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { assistantMessage, reasoningPart, refusalPart, textPart, toolCallPart } from '../parts.ts';
import { invalidResponse, type ProviderError, providerError } from '../provider-error.ts';
import { classifyChatError, classifyChatErrorBody } from './classify-error.ts';
import { decodeContent } from './decode-content.ts';
import { decodeChatUsage } from './decode-usage.ts';
import { decodeFinishReason, failedFinishReason, refineFinishReason } from './finish-reason.ts';

/** A whole answer of Chat Completions. */
export function decodeChatResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyChatError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  // OpenRouter answers some failures with 200.
  if (isObject(body.error))
    return err(classifyChatErrorBody(body, { status: undefined, retryAfterMs: undefined }));
  const choice = arrayAt(body, 'choices')[0];
  const message = isObject(choice) ? objectAt(choice, 'message') : undefined;
  const reason = isObject(choice) ? stringAt(choice, 'finish_reason') : undefined;
  if (message === undefined || reason === undefined) {
    return err(invalidResponse('the answer has no choice with message and finish_reason', 200));
  }
  const failure = failedFinishReason(reason);
  if (failure !== undefined) return err(providerError({ class: failure, code: reason, httpStatus: 200 }));
  const parts = decodeParts(message);
  if (!parts.ok) return parts;
  const usage = objectAt(body, 'usage');
  return ok({
    message: assistantMessage(parts.value),
    finishReason: refineFinishReason(decodeFinishReason(reason), {
      toolCalls: parts.value.some(({ content }) => content?.$case === 'toolCall'),
      refusal: parts.value.some(({ content }) => content?.$case === 'refusal'),
    }),
    usage: usage === undefined ? undefined : decodeChatUsage(usage),
    providerModel: stringAt(body, 'model') ?? '',
  });
}

/** Reasoning first, then text, refusal and tool calls: the order in which a stream brings them. */
function decodeParts(message: JsonObject): Result<Part[], ProviderError> {
  const parts: Part[] = [];
  const { text, reasoning } = decodeContent(message);
  const refusal = stringAt(message, 'refusal') ?? '';
  if (reasoning !== '') parts.push(reasoningPart({ text: reasoning }));
  if (text !== '') parts.push(textPart(text));
  if (refusal !== '') parts.push(refusalPart(refusal));
  for (const call of arrayAt(message, 'tool_calls')) {
    const part = decodeToolCall(call);
    if (part === undefined) return err(invalidResponse('a tool call has no id, name or arguments', 200));
    parts.push(part);
  }
  const says = parts.length > 0 || message.content === null || typeof message.content === 'string';
  return says ? ok(parts) : err(invalidResponse('the message has no content', 200));
}

function decodeToolCall(call: unknown): Part | undefined {
  const called = isObject(call) ? objectAt(call, 'function') : undefined;
  if (!isObject(call) || called === undefined) return undefined;
  const id = stringAt(call, 'id');
  const name = stringAt(called, 'name');
  const argumentsJson = stringAt(called, 'arguments');
  if (!id || !name || argumentsJson === undefined) return undefined;
  return toolCallPart({ id, name, argumentsJson });
}
