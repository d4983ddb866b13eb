import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { GENERIC_DIALECT, OPENAI_DIALECT } from '../dialect.ts';
import { openaiChat } from './openai-chat.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];
const HELLO: Partial = { messages: [user({ $case: 'text', value: 'Hi' })] };

function user(...contents: NonNullable<unknown>[]) {
  return { role: Role.USER, parts: contents.map((content) => ({ content: content as never })) };
}

const encode = (request: Partial, more: object = {}) =>
  openaiChat.encodeRequest({
    request: CompleteRequest.fromPartial(request),
    model: 'gpt-4o-mini',
    maxOutputTokens: undefined,
    stream: false,
    ...more,
  });

function bodyOf(request: Partial, more: object = {}) {
  const result = encode(request, more);
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.description}`);
  return JSON.parse(result.value.body);
}

test('the least request: where it goes and what it says', () => {
  const result = encode(HELLO);
  expect(result).toEqual({
    ok: true,
    value: {
      path: '/chat/completions',
      query: undefined,
      headers: { 'content-type': 'application/json' },
      body: '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}',
    },
  });
  expect(openaiChat.authStyle).toBe('bearer');
});

test('a stream asks for its usage', () => {
  expect(bodyOf(HELLO, { stream: true })).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  });
  const always = { ...OPENAI_DIALECT, streamUsage: 'always' };
  expect(bodyOf(HELLO, { stream: true, dialect: always }).stream_options).toBeUndefined();
});

test('every sampling setting', () => {
  const sampling = {
    temperature: 0,
    topP: 0.9,
    stop: ['a'],
    frequencyPenalty: -1,
    presencePenalty: 1,
    seed: 7n,
    reasoningEffort: 'low',
  };
  expect(bodyOf({ ...HELLO, sampling, user: 'u1' }, { maxOutputTokens: 100 })).toMatchObject({
    max_completion_tokens: 100,
    temperature: 0,
    top_p: 0.9,
    stop: ['a'],
    frequency_penalty: -1,
    presence_penalty: 1,
    seed: 7,
    reasoning_effort: 'low',
    user: 'u1',
  });
});

test('a dialect renames and leaves out', () => {
  const dialect = { ...GENERIC_DIALECT, seedField: 'random_seed', user: 'unknown', topK: 'known' } as const;
  const request = {
    messages: [
      { role: Role.DEVELOPER, parts: [{ content: { $case: 'text', value: 'Be brief.' } as const }] },
    ],
    sampling: { seed: 7n, topK: 40 },
    user: 'u1',
  };
  const body = bodyOf(request, { dialect, maxOutputTokens: 5 });
  expect(body).toMatchObject({ max_tokens: 5, random_seed: 7, top_k: 40, messages: [{ role: 'system' }] });
  expect(body).not.toHaveProperty('user');
  expect(body).not.toHaveProperty('max_completion_tokens');
  expect(bodyOf(request && { messages: request.messages }).messages[0].role).toBe('developer');
});

test('a conversation with tools: results follow their calls, before what else is said', () => {
  const body = bodyOf({
    messages: [
      user({ $case: 'text', value: 'Weather?' }),
      {
        role: Role.ASSISTANT,
        parts: [
          { content: { $case: 'reasoning', value: { text: 'Call it.', signature: 'anthropic-messages:s' } } },
          { content: { $case: 'text', value: 'Wait.' } },
          { content: { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{"a":1}' } } },
          { content: { $case: 'toolCall', value: { id: 'c2', name: 'f', argumentsJson: 'not json' } } },
        ],
      },
      user(
        { $case: 'text', value: 'Thanks' },
        {
          $case: 'toolResult',
          value: { toolCallId: 'c1', parts: [{ content: { $case: 'text', value: '12°' } }] },
        },
        {
          $case: 'toolResult',
          value: { toolCallId: 'c2', isError: true, parts: [{ content: { $case: 'text', value: 'no' } }] },
        },
      ),
    ],
    tools: [
      { name: 'f', description: 'd', parametersJsonSchema: '{"type":"object"}', strict: true },
      { name: 'g' },
    ],
    toolChoice: { mode: ToolChoice_Mode.NAMED, name: 'f' },
    parallelToolCalls: false,
  });
  expect(body.messages.slice(1)).toEqual([
    {
      role: 'assistant',
      content: 'Wait.',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
        { id: 'c2', type: 'function', function: { name: 'f', arguments: 'not json' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c1', content: '12°' },
    { role: 'tool', tool_call_id: 'c2', content: 'Error: no' },
    { role: 'user', content: [{ type: 'text', text: 'Thanks' }] },
  ]);
  expect(body.tools).toEqual([
    {
      type: 'function',
      function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
    },
    { type: 'function', function: { name: 'g' } },
  ]);
  expect(body).toMatchObject({
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: false,
  });
});

test('reasoning goes back where the vendor wants it (DeepSeek)', () => {
  const request = {
    messages: [
      { role: Role.ASSISTANT, parts: [{ content: { $case: 'reasoning', value: { text: 'Hm.' } } as const }] },
    ],
  };
  const dialect = { ...OPENAI_DIALECT, reasoningField: 'reasoning_content' };
  expect(bodyOf(request, { dialect }).messages[0].reasoning_content).toBe('Hm.');
  expect(bodyOf(request).messages[0]).toEqual({ role: 'assistant', content: '' });
});

test('pictures, sounds and documents', () => {
  const data = { $case: 'data', value: Buffer.from([1, 2, 3]) } as const;
  const [message] = bodyOf({
    messages: [
      user(
        { $case: 'image', value: { source: data, mediaType: 'image/png', detail: 'low' } },
        { $case: 'image', value: { source: { $case: 'url', value: 'https://x.test/a.png' } } },
        { $case: 'audio', value: { source: data, mediaType: 'audio/mpeg' } },
        { $case: 'file', value: { source: data, mediaType: 'application/pdf', filename: 'a.pdf' } },
        { $case: 'file', value: { source: { $case: 'fileId', value: 'file-1' } } },
      ),
    ],
  }).messages;
  expect(message.content).toEqual([
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
    { type: 'input_audio', input_audio: { data: 'AQID', format: 'mp3' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,AQID', filename: 'a.pdf' } },
    { type: 'file', file: { file_id: 'file-1' } },
  ]);
});

test('structured output', () => {
  const schema = {
    kind: ResponseFormat_Kind.JSON_SCHEMA,
    jsonSchema: '{"type":"object"}',
    name: '',
    strict: true,
  };
  expect(bodyOf({ ...HELLO, responseFormat: schema }).response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'response', schema: { type: 'object' }, strict: true },
  });
  const object = { kind: ResponseFormat_Kind.JSON_OBJECT };
  expect(bodyOf({ ...HELLO, responseFormat: object }).response_format).toEqual({ type: 'json_object' });
});

test('passthrough is merged for the same format only, and may not decide what the request decides', () => {
  const passthroughJson = '{"logit_bias":{"5":1},"metadata":{"a":"b"}}';
  expect(bodyOf({ ...HELLO, passthroughJson, passthroughFormat: 'openai-chat' })).toMatchObject({
    logit_bias: { 5: 1 },
    metadata: { a: 'b' },
  });
  expect(bodyOf({ ...HELLO, passthroughJson, passthroughFormat: 'gemini' })).not.toHaveProperty('logit_bias');
  for (const name of ['model', 'n', 'max_tokens', 'stream', 'messages']) {
    const taken = { ...HELLO, passthroughJson: `{"${name}":5}`, passthroughFormat: 'openai-chat' };
    expect(encode(taken)).toMatchObject({ ok: false, error: { field: `passthrough_json.${name}` } });
  }
});

const image = (source: object) => ({ $case: 'image', value: { source } });
const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;

test.each<[string, Partial]>([
  ['sampling.top_k', { ...HELLO, sampling: { topK: 5 } }],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 5 } }],
  ['sampling.stop', { ...HELLO, sampling: { stop: ['a', 'b', 'c', 'd', 'e'] } }],
  ['sampling.seed', { ...HELLO, sampling: { seed: 2n ** 60n } }],
  ['tool_choice', { ...HELLO, toolChoice: { mode: ToolChoice_Mode.REQUIRED } }],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '[1' }] }],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: deep }] }],
  [
    'response_format.json_schema',
    { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '' } },
  ],
  ['messages[0].parts[0].image', { messages: [user(image({ $case: 'fileId', value: 'f' }))] }],
  [
    'messages[0].parts[0].image',
    { messages: [{ ...user(image({ $case: 'url', value: 'u' })), role: Role.SYSTEM }] },
  ],
  [
    'messages[0].parts[0].audio',
    {
      messages: [
        user({
          $case: 'audio',
          value: { source: { $case: 'data', value: Buffer.of(1) }, mediaType: 'audio/ogg' },
        }),
      ],
    },
  ],
  [
    'messages[0].parts[0].file',
    { messages: [user({ $case: 'file', value: { source: { $case: 'url', value: 'u' } } })] },
  ],
  [
    'messages[0].parts[0].tool_result.parts[0].image',
    {
      messages: [
        user({ $case: 'toolResult', value: { parts: [{ content: image({ $case: 'url', value: 'u' }) }] } }),
      ],
    },
  ],
  ['messages[0].parts[0]', { messages: [{ role: Role.USER, parts: [{}] }] }],
  ['messages[0].parts[0].tool_call', { messages: [user({ $case: 'toolCall', value: { id: 'x' } })] }],
])('refused by name: %s', (field, request) => {
  expect(encode(request)).toMatchObject({ ok: false, error: { field } });
});
