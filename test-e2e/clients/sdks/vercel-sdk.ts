import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  generateText,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
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

/** Which of the providers of the SDK asks. */
interface Provider {
  readonly name: string;
  readonly model: (door: Door, id: string) => LanguageModel;
  /** Settings beside address and key; default none. */
  readonly options?: NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;
}

const tools = {
  [TOOL.name]: tool({
    description: TOOL.description,
    inputSchema: jsonSchema(TOOL.parameters),
    execute: async () => TOOL_RESULT,
  }),
};

const ROUND = { prompt: TOOL_QUESTION, tools, stopWhen: stepCountIs(2) };

function toolRoundOf(
  steps: readonly { readonly toolCalls: readonly { toolName: string; input: unknown }[] }[],
  text: string,
): SdkToolRound {
  const call = steps[0]?.toolCalls[0];
  if (call === undefined) throw new TypeError('no tool was called');
  return { toolName: call.toolName, toolInput: call.input, text };
}

const statusOf = (error: unknown): number | undefined => {
  if (APICallError.isInstance(error)) return error.statusCode;
  return error instanceof Error && error.cause !== undefined ? statusOf(error.cause) : undefined;
};

type Settings = (
  door: Door,
  id: string,
) => Pick<Parameters<typeof generateText>[0], 'model' | 'maxRetries' | 'maxOutputTokens' | 'providerOptions'>;

const toldBy = ({ text, usage }: Awaited<ReturnType<typeof generateText>>): SdkText => ({
  text,
  inputTokens: usage.inputTokens,
  outputTokens: usage.outputTokens,
});

const toolRounds = (settings: Settings): Pick<Sdk, 'toolRound' | 'streamedToolRound'> => ({
  async toolRound(door, id) {
    const { steps, text } = await generateText({ ...settings(door, id), ...ROUND });
    return toolRoundOf(steps, text);
  },
  async streamedToolRound(door, id) {
    const answer = streamText({ ...settings(door, id), ...ROUND });
    await answer.consumeStream();
    return toolRoundOf(await answer.steps, await answer.text);
  },
});

const streams = (settings: Settings): Pick<Sdk, 'stream' | 'streamUntil'> => ({
  async stream(door, id) {
    let failure: unknown;
    const onError = ({ error }: { error: unknown }) => {
      failure = error;
    };
    const answer = streamText({ ...settings(door, id), prompt: QUESTION, onError });
    let pieces = 0;
    for await (const _ of answer.textStream) pieces += 1;
    if (failure !== undefined) throw failure;
    const { inputTokens, outputTokens } = await answer.usage;
    return { text: await answer.text, inputTokens, outputTokens, pieces };
  },
  async streamUntil(door, id, abortSignal) {
    const answer = streamText({ ...settings(door, id), prompt: QUESTION, abortSignal, onError: () => {} });
    for await (const _ of answer.textStream);
  },
});

const vercelSdk = ({ name, model, options }: Provider): Sdk => {
  const settings: Settings = (door, id) => ({
    model: model(door, id),
    maxRetries: 0,
    maxOutputTokens: 512,
    ...(options === undefined ? {} : { providerOptions: options }),
  });
  return {
    name,
    statusOf,
    ...toolRounds(settings),
    ...streams(settings),
    text: async (door, id) => toldBy(await generateText({ ...settings(door, id), prompt: QUESTION })),
    async structured(door, id) {
      const output = Output.object({ schema: jsonSchema(SCHEMA) });
      return (await generateText({ ...settings(door, id), prompt: QUESTION, output })).output;
    },
    async vision(door, id) {
      const picture = { type: 'file' as const, data: PNG_BASE64, mediaType: 'image/png' };
      const messages: ModelMessage[] = [
        { role: 'user', content: [{ type: 'text', text: 'What is this?' }, picture] },
      ];
      return toldBy(await generateText({ ...settings(door, id), messages }));
    },
  };
};

const openai = ({ url, apiKey }: Door) => createOpenAI({ baseURL: `${url}/v1`, apiKey });

export const vercelChat = vercelSdk({
  name: 'ai with @ai-sdk/openai, chat completions',
  model: (door, id) => openai(door).chat(id),
});

/** Answers are not kept, so the SDK has to be told to send whole items back. */
export const vercelResponses = vercelSdk({
  name: 'ai with @ai-sdk/openai, responses',
  model: (door, id) => openai(door).responses(id),
  options: { openai: { store: false } },
});

export const vercelAnthropic = vercelSdk({
  name: 'ai with @ai-sdk/anthropic',
  model: ({ url, apiKey }, id) => createAnthropic({ baseURL: `${url}/v1`, apiKey })(id),
});
