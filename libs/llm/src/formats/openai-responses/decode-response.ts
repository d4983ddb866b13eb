import type { Delta } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { MessageBuilder } from '../message-builder.ts';
import { classifyChatError } from '../openai-chat/classify-error.ts';
import { invalidResponse, type ProviderError } from '../provider-error.ts';
import { classifyFailure } from './classify-failure.ts';
import { decodeResponsesUsage } from './decode-usage.ts';
import { toSignature } from './encrypted-reasoning.ts';
import { decodeStatus, type Held } from './finish-reason.ts';

type Content = NonNullable<Delta['content']>;

/** A whole answer of the Responses API. */
export function decodeResponsesAnswer(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyChatError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  const failure = failureOf(body);
  if (failure !== undefined) return err(failure);
  if (!Array.isArray(body.output)) return err(invalidResponse('the answer has no output', 200));
  const builder = new MessageBuilder();
  const held = { toolCalls: 0, refusal: false };
  for (const item of body.output) {
    const contents = isObject(item) ? contentsOf(item, held.toolCalls) : undefined;
    if (contents === undefined) return err(invalidResponse('an item of the answer lacks a field', 200));
    for (const content of contents) {
      builder.add({ content });
      if (content.$case === 'toolCallStart') held.toolCalls += 1;
      if (content.$case === 'refusal') held.refusal = true;
    }
  }
  return finishedAnswer(body, { toolCalls: held.toolCalls > 0, refusal: held.refusal }, builder);
}

function finishedAnswer(
  body: JsonObject,
  held: Held,
  builder: MessageBuilder,
): Result<DecodedResponse, ProviderError> {
  const finishReason = decodeStatus(body, held);
  if (finishReason === undefined)
    return err(invalidResponse('the answer is neither completed nor incomplete', 200));
  const usage = objectAt(body, 'usage');
  return ok({
    message: builder.message(),
    finishReason,
    usage: usage === undefined ? undefined : decodeResponsesUsage(usage),
    providerModel: stringAt(body, 'model') ?? '',
  });
}

/** Why a response failed; `undefined` where it did not. */
export function failureOf(response: JsonObject): ProviderError | undefined {
  const error = objectAt(response, 'error');
  if (error === undefined && response.status !== 'failed') return undefined;
  return classifyFailure(error ?? {});
}

/**
 * What an item says, as the deltas that a stream would bring; `undefined` where it lacks a field. Items of the provider's
 * own tools say nothing: they come only where the caller passed such tools through.
 */
function contentsOf(item: JsonObject, index: number): Content[] | undefined {
  switch (item.type) {
    case 'message':
      return Array.isArray(item.content) ? item.content.flatMap(contentOfPart) : undefined;
    case 'reasoning': {
      const text = reasoningText(item);
      const signature = signatureOf(item);
      return [
        ...(text === '' ? [] : [{ $case: 'reasoning', value: text } as const]),
        ...(signature === undefined ? [] : [{ $case: 'reasoningSignature', value: signature } as const]),
      ];
    }
    case 'function_call': {
      const started = callStart(item, index);
      const delta = stringAt(item, 'arguments');
      if (started === undefined || delta === undefined) return undefined;
      return [started, { $case: 'toolCallArguments', value: { index, delta } }];
    }
    default:
      return typeof item.type === 'string' ? [] : undefined;
  }
}

function contentOfPart(part: unknown): Content[] {
  if (!isObject(part)) return [];
  const text = part.type === 'output_text' ? stringAt(part, 'text') : undefined;
  if (text) return [{ $case: 'text', value: text }];
  const refusal = part.type === 'refusal' ? stringAt(part, 'refusal') : undefined;
  return refusal ? [{ $case: 'refusal', value: refusal }] : [];
}

/** The summaries of a reasoning item, or with open models its text. */
function reasoningText(item: JsonObject): string {
  const texts = (key: string) =>
    arrayAt(item, key).flatMap((part) => (isObject(part) ? (stringAt(part, 'text') ?? []) : []));
  return [...texts('summary'), ...texts('content')].join('\n\n');
}

/** What a reasoning item must go back with; `undefined` where it cannot. */
export function signatureOf(item: JsonObject): string | undefined {
  const content = stringAt(item, 'encrypted_content');
  return content ? toSignature({ id: stringAt(item, 'id') ?? '', content }) : undefined;
}

/** The beginning of a function call; `undefined` where it lacks its id or name. */
export function callStart(item: JsonObject, index: number): Content | undefined {
  const id = stringAt(item, 'call_id');
  const name = stringAt(item, 'name');
  return id && name ? { $case: 'toolCallStart', value: { index, id, name } } : undefined;
}
