import OpenAI, { APIError } from 'openai';
import {
  type Door,
  PNG_BASE64,
  QUESTION,
  SCHEMA,
  type Sdk,
  type SdkText,
  type SdkToolRound,
  TOOL,
  TOOL_QUESTION,
  TOOL_RESULT,
} from './sdk.ts';

const clientOf = ({ url, apiKey }: Door) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
const user = (content: OpenAI.ChatCompletionUserMessageParam['content']) => ({
  role: 'user' as const,
  content,
});
const TOOLS: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: TOOL }];

const told = ({ choices, usage }: OpenAI.ChatCompletion): SdkText => ({
  text: choices[0]?.message.content ?? '',
  inputTokens: usage?.prompt_tokens,
  outputTokens: usage?.completion_tokens,
});

type Ask = (body: OpenAI.ChatCompletionCreateParamsNonStreaming) => Promise<OpenAI.ChatCompletion>;

async function toolRoundBy(ask: Ask, model: string): Promise<SdkToolRound> {
  const body = { model, messages: [user(TOOL_QUESTION)], tools: TOOLS };
  const message = (await ask(body)).choices[0]?.message;
  const call = message?.tool_calls?.[0];
  if (message === undefined || call?.type !== 'function') throw new TypeError('no tool was called');
  const result = { role: 'tool' as const, tool_call_id: call.id, content: TOOL_RESULT };
  const second = await ask({ ...body, messages: [...body.messages, message, result] });
  return {
    toolName: call.function.name,
    toolInput: JSON.parse(call.function.arguments),
    text: told(second).text,
  };
}

/** The package's own assembling of a stream. */
const streamed = (door: Door, body: OpenAI.ChatCompletionCreateParamsNonStreaming) =>
  clientOf(door).chat.completions.stream({ ...body, stream: true, stream_options: { include_usage: true } });

export const openaiChatSdk: Sdk = {
  name: 'openai, chat completions',
  text: async (door, model) =>
    told(await clientOf(door).chat.completions.create({ model, messages: [user(QUESTION)] })),
  async stream(door, model) {
    const stream = streamed(door, { model, messages: [user(QUESTION)] });
    let pieces = 0;
    stream.on('content.delta', () => {
      pieces += 1;
    });
    return { ...told(await stream.finalChatCompletion()), pieces };
  },
  toolRound: (door, model) => toolRoundBy((body) => clientOf(door).chat.completions.create(body), model),
  streamedToolRound: (door, model) =>
    toolRoundBy((body) => streamed(door, body).finalChatCompletion(), model),
  async structured(door, model) {
    const completion = await clientOf(door).chat.completions.create({
      model,
      messages: [user(QUESTION)],
      response_format: { type: 'json_schema', json_schema: { name: 'who', schema: SCHEMA, strict: true } },
    });
    return JSON.parse(told(completion).text);
  },
  async vision(door, model) {
    const content: OpenAI.ChatCompletionContentPart[] = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG_BASE64}` } },
    ];
    return told(await clientOf(door).chat.completions.create({ model, messages: [user(content)] }));
  },
  statusOf: (error) => (error instanceof APIError ? error.status : undefined),
  async streamUntil(door, model, signal) {
    const body = { model, messages: [user(QUESTION)], stream: true as const };
    for await (const _ of await clientOf(door).chat.completions.create(body, { signal }));
  },
};
