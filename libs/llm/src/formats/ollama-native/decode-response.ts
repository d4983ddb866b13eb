import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, stringAt } from '../json.ts';
import { assistantMessage, reasoningPart, textPart, toolCallPart } from '../parts.ts';
import { invalidResponse, type ProviderError } from '../provider-error.ts';
import { classifyOllamaError, classifyOllamaErrorBody } from './classify-error.ts';
import { decodeOllamaMessage } from './decode-message.ts';
import { decodeOllamaUsage } from './decode-usage.ts';
import { decodeDoneReason } from './finish-reason.ts';

/** A whole answer of /api/chat. */
export function decodeOllamaResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyOllamaError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  if (body.error !== undefined)
    return err(classifyOllamaErrorBody(body, { status: undefined, retryAfterMs: undefined }));
  const message = decodeOllamaMessage(body, 0);
  if (message === undefined || body.done !== true)
    return err(invalidResponse('the answer has no whole message, or is not done', 200));
  const { thinking, content, calls } = message;
  return ok({
    message: assistantMessage([
      ...(thinking === '' ? [] : [reasoningPart({ text: thinking })]),
      ...(content === '' ? [] : [textPart(content)]),
      ...calls.map(toolCallPart),
    ]),
    finishReason: decodeDoneReason(stringAt(body, 'done_reason'), calls.length > 0 ? 'calls' : 'no_calls'),
    usage: decodeOllamaUsage(body),
    providerModel: stringAt(body, 'model') ?? '',
  });
}
