import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { EncodeInput } from '../wire-format.ts';
import { openaiResponses } from './openai-responses.ts';

type Asked = Parameters<typeof CompleteRequest.fromPartial>[0];
type Content = NonNullable<CompleteRequest['messages'][number]['parts'][number]['content']>;

const part = (content: Content) => ({ content, cacheControl: undefined });
const saying = (role: Role, ...contents: Content[]) => ({ role, parts: contents.map(part) });
const text = (value: string): Content => ({ $case: 'text', value });
const HELLO: Asked = { messages: [saying(Role.USER, text('Hi'))] };
const reasoning = (signature: string, summary = ''): Content => ({
  $case: 'reasoning',
  value: { text: summary, signature, redactedData: '' },
});
const media = (source: NonNullable<(Content & { $case: 'image' })['value']['source']>, mediaType = '') => ({
  source,
  mediaType,
  filename: '',
  detail: '',
});

const encode = (request: Asked, more: { readonly [K in keyof EncodeInput]?: EncodeInput[K] } = {}) =>
  openaiResponses.encodeRequest({
    request: CompleteRequest.fromPartial(request),
    model: 'gpt-5',
    maxOutputTokens: undefined,
    stream: false,
    ...more,
  });

function bodyOf(...args: Parameters<typeof encode>) {
  const result = encode(...args);
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.description}`);
  return JSON.parse(result.value.body);
}

test('the least request: where it goes and what it says', () => {
  expect(encode(HELLO)).toEqual({
    ok: true,
    value: {
      path: '/responses',
      query: undefined,
      headers: { 'content-type': 'application/json' },
      body: '{"model":"gpt-5","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"store":false}',
    },
  });
});

test('every setting', () => {
  const sampling = { temperature: 0, topP: 0.9, reasoningEffort: 'low' };
  expect(bodyOf({ ...HELLO, sampling, user: 'u' }, { maxOutputTokens: 16, stream: true })).toMatchObject({
    stream: true,
    max_output_tokens: 16,
    temperature: 0,
    top_p: 0.9,
    reasoning: { effort: 'low' },
    include: ['reasoning.encrypted_content'],
    user: 'u',
  });
});

test('reasoning, texts and calls keep their order, and reasoning goes back to its author only', () => {
  const { input, include } = bodyOf({
    messages: [
      saying(Role.DEVELOPER, text('Be brief.')),
      saying(
        Role.ASSISTANT,
        reasoning('openai-responses:rs_1.gAAA', 'Hm.'),
        reasoning('anthropic-messages:xyz'),
        reasoning('gBBB'),
        text('Calling.'),
        { $case: 'refusal', value: 'But no.' },
        { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{}' } },
        text('Done.'),
      ),
      saying(Role.TOOL, {
        $case: 'toolResult',
        value: { toolCallId: 'c1', name: '', parts: [part(text('gone'))], isError: true },
      }),
    ],
  });
  expect(include).toEqual(['reasoning.encrypted_content']);
  expect(input).toEqual([
    { role: 'developer', content: 'Be brief.' },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'gAAA',
    },
    { type: 'reasoning', summary: [], encrypted_content: 'gBBB' },
    {
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'Calling.' },
        { type: 'refusal', refusal: 'But no.' },
      ],
    },
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] },
    { type: 'function_call_output', call_id: 'c1', output: 'Error: gone' },
  ]);
});

test('pictures and files, by data, URL and id, also in results', () => {
  const png = Buffer.from('png');
  const image = (value: ReturnType<typeof media>): Content => ({ $case: 'image', value });
  const file = (value: ReturnType<typeof media>): Content => ({ $case: 'file', value });
  const { input } = bodyOf({
    messages: [
      saying(
        Role.USER,
        image(media({ $case: 'data', value: png }, 'image/png')),
        image({ ...media({ $case: 'url', value: 'https://example.com/a.png' }), detail: 'low' }),
        image(media({ $case: 'fileId', value: 'file-1' })),
        file({ ...media({ $case: 'data', value: png }, 'application/pdf'), filename: 'a.pdf' }),
        file(media({ $case: 'url', value: 'https://example.com/a.pdf' })),
        file(media({ $case: 'fileId', value: 'file-2' })),
        {
          $case: 'toolResult',
          value: {
            toolCallId: 'c1',
            name: '',
            parts: [part(image(media({ $case: 'fileId', value: 'file-3' })))],
            isError: false,
          },
        },
      ),
    ],
  });
  const data = png.toString('base64');
  expect(input).toEqual([
    {
      type: 'function_call_output',
      call_id: 'c1',
      output: [{ type: 'input_image', detail: 'auto', file_id: 'file-3' }],
    },
    {
      role: 'user',
      content: [
        { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${data}` },
        { type: 'input_image', detail: 'low', image_url: 'https://example.com/a.png' },
        { type: 'input_image', detail: 'auto', file_id: 'file-1' },
        { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${data}` },
        { type: 'input_file', file_url: 'https://example.com/a.pdf' },
        { type: 'input_file', file_id: 'file-2' },
      ],
    },
  ]);
});

test('tools: strictness is written out, and a choice', () => {
  const tools = [{ name: 'f', parametersJsonSchema: '{"type":"object"}', strict: true }, { name: 'g' }];
  const toolChoice = { mode: ToolChoice_Mode.NAMED, name: 'g' };
  expect(bodyOf({ ...HELLO, tools, toolChoice, parallelToolCalls: false })).toMatchObject({
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
      { type: 'function', name: 'g', parameters: { type: 'object', properties: {} }, strict: false },
    ],
    tool_choice: { type: 'function', name: 'g' },
    parallel_tool_calls: false,
  });
});

test('structured output', () => {
  const jsonSchema = { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '{"type":"object"}', strict: true };
  expect(bodyOf({ ...HELLO, responseFormat: jsonSchema }).text).toEqual({
    format: { type: 'json_schema', name: 'response', schema: { type: 'object' }, strict: true },
  });
});

test.each<[string[] | undefined, string[] | undefined]>([
  [['low', 'high'], ['reasoning.encrypted_content']],
  [[], undefined],
  [undefined, undefined],
])('a model with efforts %j is asked for %j', (reasoningEfforts, include) => {
  const traits = { sampling: undefined, reasoningEfforts, reasoningBudget: undefined };
  expect(bodyOf(HELLO, { traits }).include).toEqual(include);
});

const url = media({ $case: 'url', value: 'https://example.com/a' });
const refused: [string, Asked, Parameters<typeof encode>[1]?][] = [
  ['sampling.max_output_tokens', HELLO, { maxOutputTokens: 15 }],
  ['tool_choice', { ...HELLO, toolChoice: { mode: ToolChoice_Mode.REQUIRED } }],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '[' }] }],
  ['response_format.json_schema', { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA } }],
  ['sampling.top_k', { ...HELLO, sampling: { topK: 1 } }],
  ['sampling.stop', { ...HELLO, sampling: { stop: ['a'] } }],
  ['sampling.frequency_penalty', { ...HELLO, sampling: { frequencyPenalty: 1 } }],
  ['sampling.presence_penalty', { ...HELLO, sampling: { presencePenalty: 1 } }],
  ['sampling.seed', { ...HELLO, sampling: { seed: 1n } }],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 1 } }],
  ['messages[0].parts[0].audio', { messages: [saying(Role.USER, { $case: 'audio', value: url })] }],
  ['messages[0].parts[0].image', { messages: [saying(Role.ASSISTANT, { $case: 'image', value: url })] }],
  [
    'passthrough_json.previous_response_id',
    { ...HELLO, passthroughFormat: 'openai-responses', passthroughJson: '{"previous_response_id":"resp_1"}' },
  ],
];

test.each(refused)('%s is refused by name', (field, request, more) => {
  expect(encode(request, more)).toMatchObject({ ok: false, error: { field } });
});
