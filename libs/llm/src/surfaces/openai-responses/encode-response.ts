import type { CompleteResponse, Part } from '@switchyard/contracts/routing';
import type { AnswerHead } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import type { ResponsesRequest } from './decode-request.ts';
import { encodeEnd, encodeHead } from './encode-head.ts';
import {
  type ContentPart,
  type OutputItem,
  reasoningItem,
  refusalContent,
  textContent,
} from './output-items.ts';

/** The body of a unary answer: a `response`. */
export function encodeResponsesResponse(
  response: CompleteResponse,
  head: AnswerHead<ResponsesRequest>,
): object {
  const { requestId, message, finishReason, usage } = response;
  return {
    ...encodeHead(requestId, head),
    ...encodeEnd(finishReason, usage),
    output: encodeOutput(requestId, message?.parts ?? []),
    switchyard: encodeExtension(response),
  };
}

/** Neighbouring texts and refusals are one message. */
function encodeOutput(requestId: string, parts: readonly Part[]): OutputItem[] {
  const items: OutputItem[] = [];
  let open: ContentPart[] | undefined;
  for (const { content } of parts) {
    const said = contentOf(content);
    if (said !== undefined) {
      if (open === undefined) {
        open = [];
        const id = `msg_${requestId}_${items.length}`;
        items.push({ type: 'message', id, role: 'assistant', status: 'completed', content: open });
      }
      open.push(said);
      continue;
    }
    open = undefined;
    if (content?.$case === 'reasoning')
      items.push(reasoningItem(`rs_${requestId}_${items.length}`, content.value));
    if (content?.$case !== 'toolCall') continue;
    const { id: call_id, name, argumentsJson } = content.value;
    const id = `fc_${requestId}_${items.length}`;
    items.push({ type: 'function_call', id, call_id, name, arguments: argumentsJson, status: 'completed' });
  }
  return items;
}

function contentOf(content: Part['content']): ContentPart | undefined {
  if (content?.$case === 'text') return textContent(content.value);
  return content?.$case === 'refusal' ? refusalContent(content.value) : undefined;
}
