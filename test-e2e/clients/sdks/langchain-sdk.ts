import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { type AIMessage, type AIMessageChunk, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
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

type ModelOf = (door: Door, model: string) => BaseChatModel;

const told = (message: AIMessage | AIMessageChunk): SdkText => ({
  text: message.text,
  inputTokens: message.usage_metadata?.input_tokens,
  outputTokens: message.usage_metadata?.output_tokens,
});

const TOOLS = [{ type: 'function' as const, function: TOOL }];

/** A model with the tool, or the error that says it has no tools. */
function withTools(model: BaseChatModel) {
  if (model.bindTools === undefined) throw new TypeError('the model takes no tools');
  return model.bindTools(TOOLS);
}

async function collected(stream: AsyncIterable<AIMessageChunk>): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of stream) whole = whole === undefined ? chunk : whole.concat(chunk);
  if (whole === undefined) throw new TypeError('nothing came');
  return whole;
}

type Ask = (messages: (HumanMessage | AIMessage | AIMessageChunk | ToolMessage)[]) => Promise<AIMessageChunk>;

async function toolRoundBy(ask: Ask): Promise<SdkToolRound> {
  const question = new HumanMessage(TOOL_QUESTION);
  const first = await ask([question]);
  const call = first.tool_calls?.[0];
  if (call === undefined) throw new TypeError('no tool was called');
  const result = new ToolMessage({ tool_call_id: call.id ?? '', content: TOOL_RESULT });
  const second = await ask([question, first, result]);
  return { toolName: call.name, toolInput: call.args, text: second.text };
}

const langchainSdk = (name: string, modelOf: ModelOf): Sdk => ({
  name,
  text: async (door, model) => told((await modelOf(door, model).invoke(QUESTION)) as AIMessageChunk),
  async stream(door, model) {
    let pieces = 0;
    const stream = await modelOf(door, model).stream(QUESTION);
    const counted = async function* () {
      for await (const chunk of stream) {
        if (chunk.text !== '') pieces += 1;
        yield chunk as AIMessageChunk;
      }
    };
    return { ...told(await collected(counted())), pieces };
  },
  toolRound: (door, model) =>
    toolRoundBy(
      async (messages) => (await withTools(modelOf(door, model)).invoke(messages)) as AIMessageChunk,
    ),
  streamedToolRound: (door, model) =>
    toolRoundBy(async (messages) =>
      collected((await withTools(modelOf(door, model)).stream(messages)) as AsyncIterable<AIMessageChunk>),
    ),
  structured: (door, model) =>
    modelOf(door, model).withStructuredOutput(SCHEMA, { name: 'who', method: 'jsonSchema' }).invoke(QUESTION),
  async vision(door, model) {
    const image = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${PNG_BASE64}` } };
    const question = new HumanMessage({ content: [{ type: 'text', text: 'What is this?' }, image] });
    return told((await modelOf(door, model).invoke([question])) as AIMessageChunk);
  },
  statusOf: (error) => (error as { readonly status?: number }).status,
  async streamUntil(door, model, signal) {
    for await (const _ of await modelOf(door, model).stream(QUESTION, { signal }));
  },
});

export const langchainOpenai = langchainSdk('@langchain/openai', ({ url, apiKey }, model) => {
  const configuration = { baseURL: `${url}/v1` };
  return new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration });
});

export const langchainAnthropic: Sdk = {
  ...langchainSdk(
    '@langchain/anthropic',
    ({ url, apiKey }, model) =>
      new ChatAnthropic({ model, apiKey, anthropicApiUrl: url, maxRetries: 0, maxTokens: 512 }),
  ),
  countsInputAt: 'start',
};
