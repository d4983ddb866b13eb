import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { EncodeInput } from '../wire-format.ts';
import { ollamaNative } from './ollama-native.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];
type Content = NonNullable<NonNullable<CompleteRequest['messages'][number]['parts'][number]>['content']>;

const saying = (role: Role, ...contents: Content[]) => ({
  role,
  parts: contents.map((content) => ({ content })),
});
const text = (value: string): Content => ({ $case: 'text', value });
const HELLO: Partial = { messages: [saying(Role.USER, text('Hi'))] };
const TOOLS = [{ name: 'f', description: 'd', parametersJsonSchema: '{"type":"object"}' }, { name: 'g' }];

const encode = (request: Partial, more: Some<EncodeInput> = {}) =>
  ollamaNative.encodeRequest({
    request: CompleteRequest.fromPartial(request),
    model: 'qwen3',
    maxOutputTokens: undefined,
    stream: false,
    ...more,
  });
type Some<T> = { readonly [K in keyof T]?: T[K] };

function bodyOf(request: Partial, more: Some<EncodeInput> = {}) {
  const result = encode(request, more);
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.description}`);
  return JSON.parse(result.value.body);
}

test('the least request: where it goes and what it says', () => {
  expect(encode(HELLO)).toEqual({
    ok: true,
    value: {
      path: '/api/chat',
      query: undefined,
      headers: { 'content-type': 'application/json' },
      body: '{"model":"qwen3","messages":[{"role":"user","content":"Hi"}],"stream":false,"truncate":false,"shift":false}',
    },
  });
  expect(ollamaNative.authStyle).toBe('bearer');
});

test('every setting goes into the options', () => {
  const sampling = {
    temperature: 0,
    topP: 0.9,
    topK: 40,
    stop: ['a'],
    frequencyPenalty: -1,
    presencePenalty: 1,
    seed: 7n,
  };
  expect(bodyOf({ ...HELLO, sampling }, { maxOutputTokens: 100, stream: true })).toMatchObject({
    stream: true,
    options: {
      num_predict: 100,
      temperature: 0,
      top_p: 0.9,
      top_k: 40,
      stop: ['a'],
      frequency_penalty: -1,
      presence_penalty: 1,
      seed: 7,
    },
  });
});

test.each([
  ['', undefined],
  ['none', false],
  ['minimal', 'low'],
  ['high', 'high'],
])('effort %j as think: %j', (reasoningEffort, expected) => {
  expect(bodyOf({ ...HELLO, sampling: { reasoningEffort } }).think).toBe(expected);
});

test('a conversation with pictures, tools and results', () => {
  const image = Buffer.from('png');
  const { messages, tools } = bodyOf({
    tools: TOOLS,
    messages: [
      saying(Role.DEVELOPER, text('Be'), text('brief.')),
      saying(Role.USER, text('See'), {
        $case: 'image',
        value: { source: { $case: 'data', value: image }, mediaType: 'image/png', filename: '', detail: '' },
      }),
      saying(
        Role.ASSISTANT,
        { $case: 'reasoning', value: { text: 'Hm', signature: '', redactedData: '' } },
        text('Calling.'),
        { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{"x":1}' } },
        { $case: 'toolCall', value: { id: 'c2', name: 'g', argumentsJson: '' } },
      ),
      saying(
        Role.USER,
        text('So?'),
        { $case: 'toolResult', value: { toolCallId: 'c1', name: '', parts: [part('calm')], isError: false } },
        { $case: 'toolResult', value: { toolCallId: 'c2', name: '', parts: [part('gone')], isError: true } },
      ),
    ],
  });
  expect(messages).toEqual([
    { role: 'system', content: 'Be\n\nbrief.' },
    { role: 'user', content: 'See', images: [image.toString('base64')] },
    {
      role: 'assistant',
      content: 'Calling.',
      tool_calls: [
        { id: 'c1', type: 'function', function: { index: 0, name: 'f', arguments: { x: 1 } } },
        { id: 'c2', type: 'function', function: { index: 1, name: 'g', arguments: {} } },
      ],
    },
    { role: 'tool', tool_name: 'f', tool_call_id: 'c1', content: 'calm' },
    { role: 'tool', tool_name: 'g', tool_call_id: 'c2', content: 'Error: gone' },
    { role: 'user', content: 'So?' },
  ]);
  expect(tools).toEqual([
    { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } },
    { type: 'function', function: { name: 'g', parameters: { type: 'object', properties: {} } } },
  ]);
});

const part = (value: string) => ({ content: text(value), cacheControl: undefined });

test('tools that must not be called are not offered', () => {
  const toolChoice = { mode: ToolChoice_Mode.NONE };
  expect(bodyOf({ ...HELLO, tools: TOOLS, toolChoice }).tools).toBeUndefined();
});

test('structured output: JSON, or a schema', () => {
  const format = (kind: ResponseFormat_Kind, jsonSchema = '') =>
    bodyOf({ ...HELLO, responseFormat: { kind, jsonSchema } }).format;
  expect(format(ResponseFormat_Kind.JSON_OBJECT)).toBe('json');
  expect(format(ResponseFormat_Kind.JSON_SCHEMA, '{"type":"object"}')).toEqual({ type: 'object' });
});

const media = {
  mediaType: 'image/png',
  source: { $case: 'url', value: 'https://example.com/a.png' },
} as const;
const refused: [string, Partial, Some<EncodeInput>?][] = [
  ['tool_choice', { ...HELLO, tools: TOOLS, toolChoice: { mode: ToolChoice_Mode.REQUIRED } }],
  ['tool_choice', { ...HELLO, toolChoice: { mode: ToolChoice_Mode.NAMED, name: 'f' } }],
  ['parallel_tool_calls', { ...HELLO, tools: TOOLS, parallelToolCalls: false }],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '[]' }] }],
  [
    'response_format.json_schema',
    { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '' } },
  ],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 100 } }],
  ['sampling.seed', { ...HELLO, sampling: { seed: 2n ** 60n } }],
  [
    'sampling.reasoning_effort',
    { ...HELLO, sampling: { reasoningEffort: 'high' } },
    { traits: { sampling: undefined, reasoningEfforts: ['low'], reasoningBudget: undefined } },
  ],
  [
    'messages[0].parts[0].image',
    { messages: [{ role: Role.USER, parts: [{ content: { $case: 'image', value: media } }] }] },
  ],
  [
    'messages[0].parts[0].audio',
    { messages: [{ role: Role.USER, parts: [{ content: { $case: 'audio', value: media } }] }] },
  ],
  [
    'messages[0].parts[0].file',
    { messages: [{ role: Role.USER, parts: [{ content: { $case: 'file', value: media } }] }] },
  ],
  [
    'messages[0].parts[0].tool_call.arguments_json',
    {
      messages: [
        saying(Role.ASSISTANT, { $case: 'toolCall', value: { id: 'c', name: 'f', argumentsJson: '[' } }),
      ],
    },
  ],
  [
    'passthrough_json.options',
    { ...HELLO, passthroughFormat: 'ollama-native', passthroughJson: '{"options":{}}' },
  ],
];

test.each(refused)('%s is refused by name', (field, request, more) => {
  expect(encode(request, more)).toMatchObject({ ok: false, error: { field } });
});

test('what came from this format passes through', () => {
  const passthrough = { passthroughFormat: 'ollama-native', passthroughJson: '{"keep_alive":"1h"}' };
  expect(bodyOf({ ...HELLO, ...passthrough }).keep_alive).toBe('1h');
});
