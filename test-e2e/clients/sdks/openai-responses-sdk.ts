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

type Body = OpenAI.Responses.ResponseCreateParamsNonStreaming;
type Input = OpenAI.Responses.ResponseInputItem[];

const clientOf = ({ url, apiKey }: Door) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
const TOOLS: OpenAI.Responses.Tool[] = [{ type: 'function', ...TOOL, strict: true }];

const told = ({ output_text, usage }: OpenAI.Responses.Response): SdkText => ({
  text: output_text,
  inputTokens: usage?.input_tokens,
  outputTokens: usage?.output_tokens,
});

async function toolRoundBy(
  ask: (body: Body) => Promise<OpenAI.Responses.Response>,
  model: string,
): Promise<SdkToolRound> {
  const question: Input = [{ role: 'user', content: TOOL_QUESTION }];
  const first = await ask({ model, input: question, tools: TOOLS });
  const call = first.output.find((item) => item.type === 'function_call');
  if (call === undefined) throw new TypeError('no tool was called');
  const result = { type: 'function_call_output' as const, call_id: call.call_id, output: TOOL_RESULT };
  const input: Input = [...question, ...(first.output as Input), result];
  const second = await ask({ model, input, tools: TOOLS });
  return { toolName: call.name, toolInput: JSON.parse(call.arguments), text: second.output_text };
}

export const openaiResponsesSdk: Sdk = {
  name: 'openai, responses',
  text: async (door, model) => told(await clientOf(door).responses.create({ model, input: QUESTION })),
  async stream(door, model) {
    const stream = clientOf(door).responses.stream({ model, input: QUESTION });
    let pieces = 0;
    stream.on('response.output_text.delta', () => {
      pieces += 1;
    });
    return { ...told(await stream.finalResponse()), pieces };
  },
  toolRound: (door, model) => toolRoundBy((body) => clientOf(door).responses.create(body), model),
  streamedToolRound: (door, model) =>
    toolRoundBy(
      (body) =>
        clientOf(door)
          .responses.stream({ ...body, stream: true })
          .finalResponse(),
      model,
    ),
  async structured(door, model) {
    const format = { type: 'json_schema' as const, name: 'who', schema: SCHEMA, strict: true };
    const answer = await clientOf(door).responses.create({ model, input: QUESTION, text: { format } });
    return JSON.parse(answer.output_text);
  },
  async vision(door, model) {
    const content: OpenAI.Responses.ResponseInputContent[] = [
      { type: 'input_text', text: 'What is this?' },
      { type: 'input_image', image_url: `data:image/png;base64,${PNG_BASE64}`, detail: 'auto' },
    ];
    return told(await clientOf(door).responses.create({ model, input: [{ role: 'user', content }] }));
  },
  statusOf: (error) => (error instanceof APIError ? error.status : undefined),
  async streamUntil(door, model, signal) {
    const body = { model, input: QUESTION, stream: true as const };
    for await (const _ of await clientOf(door).responses.create(body, { signal }));
  },
};
