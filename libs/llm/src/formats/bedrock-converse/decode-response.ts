import type { Part } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { decodeBlocks } from '../decode-blocks.ts';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { assistantMessage, reasoningPart, textPart, toolCallPart } from '../parts.ts';
import { invalidResponse, type ProviderError } from '../provider-error.ts';
import { withOrigin } from '../reasoning-origin.ts';
import { classifyConverseError } from './classify-error.ts';
import { decodeConverseUsage } from './decode-usage.ts';
import { decodeStopReason, isMalformed } from './stop-reason.ts';

/** A whole answer of Converse. */
export function decodeConverseResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyConverseError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  const message = objectAt(objectAt(body, 'output') ?? {}, 'message');
  const reason = stringAt(body, 'stopReason');
  if (message === undefined || reason === undefined)
    return err(invalidResponse('the answer has no output.message or stopReason', 200));
  if (isMalformed(reason)) return err(invalidResponse(`the model stopped with ${reason}`, 200));
  const parts = decodeBlocks(arrayAt(message, 'content'), decodeBlock);
  if (parts === undefined) return err(invalidResponse('a content block of the answer lacks a field', 200));
  const usage = objectAt(body, 'usage');
  return ok({
    message: assistantMessage(parts),
    finishReason: decodeStopReason(reason),
    usage: usage === undefined ? undefined : decodeConverseUsage(usage),
    // Converse does not say which model answered.
    providerModel: '',
  });
}

/** Blocks of other kinds are left out: they come only where the caller passed through what asks for them. */
function decodeBlock(block: JsonObject): Part | 'left out' | undefined {
  if (block.text !== undefined) {
    const text = stringAt(block, 'text');
    if (text === undefined) return undefined;
    return text === '' ? 'left out' : textPart(text);
  }
  if (block.reasoningContent !== undefined) return decodeReasoning(objectAt(block, 'reasoningContent'));
  if (block.toolUse === undefined) return 'left out';
  const call = objectAt(block, 'toolUse') ?? {};
  const id = stringAt(call, 'toolUseId');
  const name = stringAt(call, 'name');
  const input = call.input ?? {};
  if (!id || !name || !isObject(input)) return undefined;
  return toolCallPart({ id, name, argumentsJson: JSON.stringify(input) });
}

function decodeReasoning(reasoning: JsonObject | undefined): Part | undefined {
  if (reasoning === undefined) return undefined;
  const redacted = stringAt(reasoning, 'redactedContent');
  if (redacted) return reasoningPart({ redactedData: withOrigin('bedrock-converse', redacted) });
  const shown = objectAt(reasoning, 'reasoningText');
  const text = shown === undefined ? undefined : stringAt(shown, 'text');
  if (shown === undefined || text === undefined) return undefined;
  const signature = stringAt(shown, 'signature');
  return reasoningPart({ text, ...(signature && { signature: withOrigin('bedrock-converse', signature) }) });
}
