import { chatFields, chatResults, chatSeen } from './chat-row.ts';
import type { Json, SurfaceRow } from './surface-row.ts';

/** `POST /v1/requests`. */
export const requestsRow: SurfaceRow = {
  name: 'requests',
  path: '/v1/requests',
  finishes: { stop: 'stop', length: 'length', tools: 'tool_calls' },
  cannot: {},
  fields: {
    temperature: 'request.temperature',
    seed: 'request.seed',
    stop: 'request.stop',
    effort: 'request.reasoning_effort',
    logprobs: 'request.logprobs',
  },
  write: (model, ask) => ({ model, request: chatFields(ask), context: { agent_id: 'table' } }),
  goOn: (body, { message }) => ({
    ...body,
    request: { ...body.request, messages: [...body.request.messages, ...chatResults(message)] },
  }),
  streamed: (body) => ({ ...body, request: { ...body.request, stream: true } }),
  read: ({ message, finish_reason, usage }) => ({
    ...chatSeen(message),
    finish: finish_reason,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cachedTokens: usage.cache_read_tokens ?? 0,
  }),
  collect(events) {
    const message: Json = { role: 'assistant', content: '', tool_calls: [], reasoning_details: [] };
    for (const { text, reasoning_signature, redacted_reasoning, tool_call } of events) {
      message.content += text ?? '';
      const signature = reasoning_signature ?? redacted_reasoning;
      if (signature !== undefined) message.reasoning_details.push({ signature });
      if (tool_call === undefined) continue;
      const { index, id, name, arguments: piece } = tool_call;
      message.tool_calls[index] ??= { id, type: 'function', function: { name, arguments: '' } };
      message.tool_calls[index].function.arguments += piece ?? '';
    }
    return { ...events.at(-1), message };
  },
};
