import type { CompleteResponse, Part } from '@switchyard/contracts/routing';
import { parseJsonObject } from '../../formats/json.ts';
import type { AnswerHead, SurfaceRequest } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import { encodeStopDetails, encodeStopReason } from './encode-stop-reason.ts';
import { encodeMessagesUsage } from './encode-usage.ts';

/** The body of a unary answer: a `message`. */
export function encodeMessagesResponse(
  response: CompleteResponse,
  { asked }: AnswerHead<SurfaceRequest>,
): object {
  const parts = response.message?.parts ?? [];
  const refusal = parts.map(({ content }) => (content?.$case === 'refusal' ? content.value : '')).join('');
  return {
    id: `msg_${response.requestId}`,
    type: 'message',
    role: 'assistant',
    model: asked.request.model,
    content: parts.flatMap((part) => encodeBlock(part) ?? []),
    stop_reason: encodeStopReason(response.finishReason),
    stop_sequence: null,
    stop_details: encodeStopDetails(response.finishReason, refusal),
    usage: encodeMessagesUsage(response.usage),
    switchyard: encodeExtension(response),
  };
}

/** A refusal's words stand in `stop_details`; answers hold no other kinds. */
function encodeBlock({ content }: Part): object | undefined {
  switch (content?.$case) {
    case 'text':
      return { type: 'text', text: content.value, citations: null };
    case 'reasoning': {
      const { text, signature, redactedData } = content.value;
      if (redactedData !== '') return { type: 'redacted_thinking', data: redactedData };
      return { type: 'thinking', thinking: text, signature };
    }
    case 'toolCall': {
      const { id, name, argumentsJson } = content.value;
      return { type: 'tool_use', id, name, input: inputOf(argumentsJson) };
    }
    default:
      return undefined;
  }
}

/** Models may write what is no JSON; clients are promised an object, so the text is told in a field of its own. */
function inputOf(argumentsJson: string): object {
  if (argumentsJson === '') return {};
  return parseJsonObject(argumentsJson) ?? { _invalid_json: argumentsJson };
}
