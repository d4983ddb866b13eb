import { readBearer } from '../bearer.ts';
import { chatFailure, chatRefusal } from '../openai-chat/chat-errors.ts';
import { openaiChat } from '../openai-chat/openai-chat.ts';
import type { AskedFailure, RequestTarget, Stamp, WireFormat, WireRoute } from '../wire-format.ts';
import { readResponsesCall } from './read-responses-call.ts';

/** OpenAI's Responses API: https://platform.openai.com/docs/api-reference/responses. Errors are those of its other APIs. */
export const openaiResponses: WireFormat = {
  ...openaiChat,
  name: 'openai-responses',
  garbageFrame: 'event: response.output_text.delta\ndata: {"type":"\u0000garbage,,\n\n',
  route,
  readKey: readBearer,
  readCall: readResponsesCall,
  refusal: chatRefusal,
  failure: chatFailure,
  errorFrame,
};

function route(target: RequestTarget): WireRoute {
  if (target.path === '/v1/responses')
    return { kind: target.method === 'POST' ? 'generate' : 'wrong-method' };
  if (target.path === '/v1/chat/completions') return { kind: 'not-found' };
  return openaiChat.route(target);
}

/** An `error` event, flat: https://platform.openai.com/docs/api-reference/responses-streaming/error */
function errorFrame(failure: AskedFailure, stamp: Stamp): string {
  const { error } = JSON.parse(chatFailure(failure, stamp).body) as { error: Record<string, unknown> };
  const { message, param, code, type } = error;
  return `event: error\ndata: ${JSON.stringify({ type: 'error', code: code ?? type, message, param })}\n\n`;
}
