import type { Part } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { assistantMessage, reasoningPart, textPart, toolCallPart } from '../parts.ts';
import { invalidResponse, type ProviderError, providerError } from '../provider-error.ts';
import { classifyCohereError } from './classify-error.ts';
import { decodeCohereUsage } from './decode-usage.ts';
import { decodeCohereEnd } from './finish-reason.ts';

/** A whole answer of /chat. */
export function decodeCohereResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyCohereError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  const message = objectAt(body, 'message');
  const reason = stringAt(body, 'finish_reason');
  if (message === undefined || reason === undefined)
    return err(invalidResponse('the answer has no message with a finish_reason', 200));
  const end = decodeCohereEnd(reason);
  if (end.kind === 'failed') return err(providerError({ class: end.class, code: reason, httpStatus: 200 }));
  const parts = decodeParts(message);
  if (!parts.ok) return parts;
  return ok({
    message: assistantMessage(parts.value),
    finishReason: end.reason,
    usage: decodeCohereUsage(objectAt(body, 'usage')),
    // It is not told: the one that was asked for answers.
    providerModel: '',
  });
}

/** Reasoning, text, the plan of the calls (which is text, too), calls: the order in which a stream brings them. */
function decodeParts(message: JsonObject): Result<Part[], ProviderError> {
  const blocks = arrayAt(message, 'content').filter(isObject);
  const reasoning = blocks.map((block) => stringAt(block, 'thinking') ?? '').join('');
  const text = blocks.map((block) => stringAt(block, 'text') ?? '').join('');
  const said = text + (stringAt(message, 'tool_plan') ?? '');
  const parts: Part[] = [
    ...(reasoning === '' ? [] : [reasoningPart({ text: reasoning })]),
    ...(said === '' ? [] : [textPart(said)]),
  ];
  for (const call of arrayAt(message, 'tool_calls')) {
    const part = decodeCall(call);
    if (part === undefined) return err(invalidResponse('a tool call has no id, name or arguments', 200));
    parts.push(part);
  }
  return ok(parts);
}

function decodeCall(call: unknown): Part | undefined {
  const called = isObject(call) ? objectAt(call, 'function') : undefined;
  if (!isObject(call) || called === undefined) return undefined;
  const [id, name, written] = [stringAt(call, 'id'), stringAt(called, 'name'), stringAt(called, 'arguments')];
  if (!id || !name || written === undefined) return undefined;
  // Of tools without arguments it is "null".
  return toolCallPart({ id, name, argumentsJson: written === 'null' || written === '' ? '{}' : written });
}
