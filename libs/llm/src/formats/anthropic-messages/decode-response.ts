import { FinishReason, type Part } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import { decodeBlocks } from '../decode-blocks.ts';
import type { DecodedResponse } from '../decoded-response.ts';
import { successBody } from '../http-answer.ts';
import type { HttpAnswer } from '../http-message.ts';
import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { assistantMessage, reasoningPart, refusalPart, textPart, toolCallPart } from '../parts.ts';
import { invalidResponse, type ProviderError } from '../provider-error.ts';
import { withOrigin } from '../reasoning-origin.ts';
import { classifyMessagesError, classifyMessagesErrorBody } from './classify-error.ts';
import { decodeMessagesUsage } from './decode-usage.ts';
import { decodeStopReason } from './finish-reason.ts';

/** A whole answer of the Messages API. */
export function decodeMessagesResponse(answer: HttpAnswer): Result<DecodedResponse, ProviderError> {
  if (answer.status !== 200) return err(classifyMessagesError(answer));
  const body = successBody(answer);
  return body.ok ? decodeBody(body.value) : body;
}

function decodeBody(body: JsonObject): Result<DecodedResponse, ProviderError> {
  if (body.type === 'error')
    return err(classifyMessagesErrorBody(body, { status: undefined, retryAfterMs: undefined }));
  const reason = stringAt(body, 'stop_reason');
  if (reason === undefined || !Array.isArray(body.content)) {
    return err(invalidResponse('the answer has no content or stop_reason', 200));
  }
  const parts = decodeBlocks(body.content, decodeBlock);
  if (parts === undefined) return err(invalidResponse('a content block of the answer lacks a field', 200));
  const finishReason = decodeStopReason(reason);
  const explanation = finishReason === FinishReason.REFUSAL ? refusalText(body) : '';
  const usage = objectAt(body, 'usage');
  return ok({
    message: assistantMessage(explanation === '' ? parts : [...parts, refusalPart(explanation)]),
    finishReason,
    usage: usage === undefined ? undefined : decodeMessagesUsage(usage),
    providerModel: stringAt(body, 'model') ?? '',
  });
}

/** Why a model refused, in `stop_details`; "" where it does not say. */
export function refusalText(holder: JsonObject): string {
  const details = objectAt(holder, 'stop_details');
  return details === undefined ? '' : (stringAt(details, 'explanation') ?? '');
}

/** Blocks of the provider's own tools are left out: they come only where the caller passed such tools through. */
function decodeBlock(block: JsonObject): Part | 'left out' | undefined {
  switch (block.type) {
    case 'text': {
      const text = stringAt(block, 'text');
      if (text === undefined) return undefined;
      return text === '' ? 'left out' : textPart(text);
    }
    case 'thinking': {
      const text = stringAt(block, 'thinking');
      const signature = stringAt(block, 'signature') ?? '';
      return text === undefined ? undefined : reasoningPart({ text, signature: marked(signature) });
    }
    case 'redacted_thinking': {
      const data = stringAt(block, 'data');
      return data ? reasoningPart({ redactedData: marked(data) }) : undefined;
    }
    case 'tool_use': {
      const id = stringAt(block, 'id');
      const name = stringAt(block, 'name');
      const input = objectAt(block, 'input');
      if (!id || !name || input === undefined) return undefined;
      return toolCallPart({ id, name, argumentsJson: JSON.stringify(input) });
    }
    default:
      return typeof block.type === 'string' ? 'left out' : undefined;
  }
}

function marked(opaque: string): string {
  return opaque === '' ? '' : withOrigin('anthropic-messages', opaque);
}
