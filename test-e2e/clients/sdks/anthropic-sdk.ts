import Anthropic, { APIError } from '@anthropic-ai/sdk';
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

const clientOf = ({ url, apiKey }: Door) => new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
const hello = (model: string) => ({
  model,
  max_tokens: 512,
  messages: [{ role: 'user' as const, content: QUESTION }],
});
const TOOLS: Anthropic.Tool[] = [
  { name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters },
];

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('');
const told = (message: Anthropic.Message): SdkText => ({
  text: textOf(message),
  inputTokens: message.usage.input_tokens,
  outputTokens: message.usage.output_tokens,
});

type Ask = (body: Anthropic.MessageCreateParamsNonStreaming) => Promise<Anthropic.Message>;

async function toolRoundBy(ask: Ask, model: string): Promise<SdkToolRound> {
  const question = { role: 'user' as const, content: TOOL_QUESTION };
  const body = { ...hello(model), tools: TOOLS, messages: [question] };
  const first = await ask(body);
  const call = first.content.find((block) => block.type === 'tool_use');
  if (call === undefined || first.stop_reason !== 'tool_use') throw new TypeError('no tool was called');
  const result = { type: 'tool_result' as const, tool_use_id: call.id, content: TOOL_RESULT };
  const second = await ask({
    ...body,
    messages: [
      question,
      { role: 'assistant', content: first.content as Anthropic.ContentBlockParam[] },
      { role: 'user', content: [result] },
    ],
  });
  return { toolName: call.name, toolInput: call.input, text: textOf(second) };
}

export const anthropicSdk: Sdk = {
  name: '@anthropic-ai/sdk',
  text: async (door, model) => told(await clientOf(door).messages.create(hello(model))),
  async stream(door, model) {
    const stream = clientOf(door).messages.stream(hello(model));
    let pieces = 0;
    stream.on('text', () => {
      pieces += 1;
    });
    return { ...told(await stream.finalMessage()), pieces };
  },
  toolRound: (door, model) => toolRoundBy((body) => clientOf(door).messages.create(body), model),
  streamedToolRound: (door, model) =>
    toolRoundBy((body) => clientOf(door).messages.stream(body).finalMessage(), model),
  async structured(door, model) {
    const message = await clientOf(door).messages.create({
      ...hello(model),
      output_config: { format: { type: 'json_schema', schema: SCHEMA } },
    });
    return JSON.parse(textOf(message));
  },
  async vision(door, model) {
    const content: Anthropic.ContentBlockParam[] = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG_BASE64 } },
      { type: 'text', text: 'What is this?' },
    ];
    const body = { ...hello(model), messages: [{ role: 'user' as const, content }] };
    return told(await clientOf(door).messages.create(body));
  },
  statusOf: (error) => (error instanceof APIError ? error.status : undefined),
  async streamUntil(door, model, signal) {
    const stream = await clientOf(door).messages.create({ ...hello(model), stream: true }, { signal });
    for await (const _ of stream);
  },
};
