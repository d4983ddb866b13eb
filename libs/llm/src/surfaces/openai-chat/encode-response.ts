import type { CompleteResponse, Part } from '@switchyard/contracts/routing';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import { encodeFinishReason } from './encode-finish-reason.ts';
import { encodeChatUsage } from './encode-usage.ts';
import { encodeReasoningDetail, encodeThoughtSignature } from './reasoning-detail.ts';

/** What stands around an answer. */
export interface ChatResponseHead {
  /** Unix time in seconds. */
  readonly created: number;
  /** Model as asked for. */
  readonly model: string;
}

/** The body of a unary answer. */
export function encodeChatResponse(response: CompleteResponse, { created, model }: ChatResponseHead): object {
  return {
    id: `chatcmpl-${response.requestId}`,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: encodeChatMessage(response.message?.parts ?? []),
        logprobs: null,
        finish_reason: encodeFinishReason(response.finishReason),
      },
    ],
    usage: encodeChatUsage(response.usage),
    switchyard: encodeExtension(response),
  };
}

/** The assistant's message. */
export function encodeChatMessage(parts: readonly Part[]): object {
  const content = joined(parts, 'text');
  const refusal = joined(parts, 'refusal');
  const reasoning = parts
    .map((part) => (part.content?.$case === 'reasoning' ? part.content.value.text : ''))
    .join('');
  const { toolCalls, details } = encodeBlocks(parts);
  return {
    role: 'assistant',
    content: content === '' && (toolCalls.length > 0 || refusal !== '') ? null : content,
    refusal: refusal === '' ? null : refusal,
    reasoning_content: reasoning === '' ? undefined : reasoning,
    reasoning_details: details.length === 0 ? undefined : details,
    tool_calls: toolCalls.length === 0 ? undefined : toolCalls,
  };
}

/** Tool calls, each with the signature that stands directly before it, and the other blocks that must go back. */
function encodeBlocks(parts: readonly Part[]): { toolCalls: object[]; details: object[] } {
  const toolCalls: object[] = [];
  const details: object[] = [];
  for (const [index, { content }] of parts.entries()) {
    if (content?.$case === 'reasoning') {
      const detail = signsNextCall(parts, index) ? undefined : encodeReasoningDetail(content.value);
      if (detail !== undefined) details.push(detail);
    }
    if (content?.$case !== 'toolCall') continue;
    const { id, name, argumentsJson } = content.value;
    const before = parts[index - 1]?.content;
    const signature =
      before?.$case === 'reasoning' && signsNextCall(parts, index - 1) ? before.value.signature : '';
    toolCalls.push({
      id,
      type: 'function',
      function: { name, arguments: argumentsJson },
      extra_content: signature === '' ? undefined : encodeThoughtSignature(signature),
    });
  }
  return { toolCalls, details };
}

/** A signature without text, directly before a call, belongs to the call (Gemini). */
function signsNextCall(parts: readonly Part[], index: number): boolean {
  const content = parts[index]?.content;
  if (content?.$case !== 'reasoning' || parts[index + 1]?.content?.$case !== 'toolCall') return false;
  return content.value.text === '' && content.value.signature !== '';
}

function joined(parts: readonly Part[], kind: 'text' | 'refusal'): string {
  return parts.map(({ content }) => (content?.$case === kind ? content.value : '')).join('');
}
