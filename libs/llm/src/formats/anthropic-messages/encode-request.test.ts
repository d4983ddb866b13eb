import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ModelTraits } from '../model-traits.ts';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { anthropicMessages } from './anthropic-messages.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];

const said = (role: Role, ...contents: object[]) => ({
  role,
  parts: contents.map((content) => ({ content: content as never })),
});
const text = (value: string) => ({ $case: 'text', value });
const HELLO: Partial = { messages: [said(Role.USER, text('Hi'))] };

const encode = (request: Partial, more: object = {}) =>
  anthropicMessages.encodeRequest({
    request: CompleteRequest.fromPartial(request),
    model: 'claude-sonnet-4-5',
    maxOutputTokens: 4096,
    stream: false,
    ...more,
  });

function bodyOf(request: Partial, more: object = {}) {
  const result = encode(request, more);
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.description}`);
  return JSON.parse(result.value.body);
}

test('the least request: where it goes and what it says', () => {
  expect(encode(HELLO)).toEqual({
    ok: true,
    value: {
      path: '/messages',
      query: undefined,
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: '{"model":"claude-sonnet-4-5","max_tokens":4096,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]}',
    },
  });
  expect(anthropicMessages.authStyle).toBe('x-api-key');
  expect(bodyOf(HELLO, { stream: true }).stream).toBe(true);
});

test('system and developer texts become one, and stay apart where one is marked for the cache', () => {
  const messages = [
    said(Role.SYSTEM, text('A')),
    said(Role.USER, text('Hi')),
    said(Role.DEVELOPER, text('B')),
  ];
  expect(bodyOf({ messages })).toMatchObject({ system: 'A\n\nB', messages: [{ role: 'user' }] });
  const marked = {
    role: Role.SYSTEM,
    parts: [{ content: text('A') as never, cacheControl: { ttlSeconds: 3600 } }],
  };
  expect(bodyOf({ messages: [marked, ...messages.slice(1)] }).system).toEqual([
    { type: 'text', text: 'A', cache_control: { type: 'ephemeral', ttl: '1h' } },
    { type: 'text', text: 'B' },
  ]);
});

test('a tool loop: neighbours become one turn, results first, with pictures and failures', () => {
  const picture = {
    $case: 'image',
    value: { source: { $case: 'data', value: Buffer.of(1, 2, 3) }, mediaType: 'image/png' },
  };
  const body = bodyOf({
    messages: [
      said(Role.USER, text('Weather?')),
      said(
        Role.ASSISTANT,
        { $case: 'reasoning', value: { text: 'Hm.', signature: 'anthropic-messages:s1' } },
        { $case: 'reasoning', value: { redactedData: 'anthropic-messages:d1' } },
        text('Wait.'),
        { $case: 'toolCall', value: { id: 'call.1', name: 'f', argumentsJson: '{"a":1}' } },
        { $case: 'toolCall', value: { id: 'c2', name: 'f', argumentsJson: '' } },
      ),
      said(Role.TOOL, {
        $case: 'toolResult',
        value: { toolCallId: 'call.1', parts: [{ content: text('12°') }, { content: picture }] },
      }),
      said(Role.USER, text('And?'), {
        $case: 'toolResult',
        value: { toolCallId: 'c2', isError: true, parts: [{ content: text('no') }] },
      }),
    ],
    tools: [
      { name: 'f', description: 'd', parametersJsonSchema: '{"type":"object"}', strict: true },
      { name: 'g' },
    ],
    toolChoice: { mode: ToolChoice_Mode.AUTO },
    parallelToolCalls: false,
    user: 'u1',
  });
  expect(body.messages.slice(1)).toEqual([
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 's1' },
        { type: 'redacted_thinking', data: 'd1' },
        { type: 'text', text: 'Wait.' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'c2', name: 'f', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'call_1',
          content: [
            { type: 'text', text: '12°' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } },
          ],
        },
        { type: 'tool_result', tool_use_id: 'c2', content: [{ type: 'text', text: 'no' }], is_error: true },
        { type: 'text', text: 'And?' },
      ],
    },
  ]);
  expect(body.tools).toEqual([
    { name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true },
    { name: 'g', input_schema: { type: 'object', properties: {} } },
  ]);
  expect(body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true });
  expect(body.metadata).toEqual({ user_id: 'u1' });
});

test('reasoning goes back to the provider that wrote it, and to no other', () => {
  const result = anthropicMessages.decodeResponse(
    answer({ body: fixturesOf('anthropic-messages').json('thinking.json') }),
  );
  if (!result.ok) throw new Error(result.error.detail);
  const own = bodyOf({ messages: [...(HELLO.messages ?? []), result.value.message] }).messages[1].content;
  const sent = fixturesOf('anthropic-messages').json('thinking.json').content;
  expect(own).toEqual(sent);
  const foreign = said(
    Role.ASSISTANT,
    { $case: 'reasoning', value: { text: 'Hm.', signature: 'gemini:s' } },
    { $case: 'reasoning', value: { text: 'Unsigned.' } },
    text('Yes.'),
  );
  expect(bodyOf({ messages: [...(HELLO.messages ?? []), foreign] }).messages[1].content).toEqual([
    { type: 'text', text: 'Yes.' },
  ]);
});

test('documents', () => {
  const file = (source: object, mediaType: string, filename = '') => ({
    $case: 'file',
    value: { source, mediaType, filename },
  });
  const bytes = { $case: 'data', value: Buffer.from('abc') };
  const parts = [
    file(bytes, 'application/pdf', 'a.pdf'),
    file(bytes, 'text/markdown'),
    file({ $case: 'url', value: 'https://x.test/a.pdf' }, ''),
    file({ $case: 'fileId', value: 'f1' }, ''),
  ];
  expect(bodyOf({ messages: [said(Role.USER, ...parts)] }).messages[0].content).toEqual([
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'YWJj' },
      title: 'a.pdf',
    },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'abc' } },
    { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
    { type: 'document', source: { type: 'file', file_id: 'f1' } },
  ]);
});

test('a schema becomes output_config.format', () => {
  const responseFormat = {
    kind: ResponseFormat_Kind.JSON_SCHEMA,
    jsonSchema: '{"type":"object"}',
    name: 'r',
    strict: true,
  };
  expect(bodyOf({ ...HELLO, responseFormat }).output_config).toEqual({
    format: { type: 'json_schema', schema: { type: 'object' } },
  });
});

test.each([
  [ToolChoice_Mode.NONE, { type: 'none' }],
  [ToolChoice_Mode.REQUIRED, { type: 'any' }],
  [ToolChoice_Mode.NAMED, { type: 'tool', name: 'f' }],
  [ToolChoice_Mode.UNSPECIFIED, undefined],
])('tool choice %d', (mode, expected) => {
  expect(bodyOf({ ...HELLO, tools: [{ name: 'f' }], toolChoice: { mode, name: 'f' } }).tool_choice).toEqual(
    expected,
  );
});

const OLDER: ModelTraits = {
  sampling: undefined,
  reasoningEfforts: [],
  reasoningBudget: { min: 1024, max: undefined },
};
const NEWER: ModelTraits = {
  sampling: false,
  reasoningEfforts: ['low', 'medium', 'high'],
  reasoningBudget: 'none',
};

test.each<[string, object, ModelTraits | undefined, object]>([
  [
    'effort, newer model',
    { reasoningEffort: 'high' },
    NEWER,
    { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
  ],
  ['least effort, newer model', { reasoningEffort: 'minimal' }, NEWER, { output_config: { effort: 'low' } }],
  ['no effort, newer model', { reasoningEffort: 'none' }, NEWER, { thinking: { type: 'disabled' } }],
  [
    'effort, unknown model',
    { reasoningEffort: 'low' },
    undefined,
    { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
  ],
  [
    'effort, older model',
    { reasoningEffort: 'medium' },
    OLDER,
    { thinking: { type: 'enabled', budget_tokens: 2048 } },
  ],
  [
    'low effort, older model',
    { reasoningEffort: 'minimal' },
    OLDER,
    { thinking: { type: 'enabled', budget_tokens: 1024 } },
  ],
  [
    'a budget',
    { reasoningBudgetTokens: 2000 },
    OLDER,
    { thinking: { type: 'enabled', budget_tokens: 2000 } },
  ],
])('reasoning: %s', (_, sampling, traits, expected) => {
  expect(bodyOf({ ...HELLO, sampling }, { traits })).toMatchObject(expected);
});

test('no effort at an older model leaves thinking off, as it is unasked', () => {
  expect(bodyOf({ ...HELLO, sampling: { reasoningEffort: 'none' } }, { traits: OLDER })).not.toHaveProperty(
    'thinking',
  );
});

test('passthrough may not decide what the request decides', () => {
  const through = (passthroughJson: string) =>
    encode({ ...HELLO, passthroughJson, passthroughFormat: 'anthropic-messages' });
  expect(through('{"tools":[]}')).toMatchObject({ ok: false, error: { field: 'passthrough_json.tools' } });
  const taken = through('{"service_tier":"auto"}');
  expect(taken.ok && JSON.parse(taken.value.body).service_tier).toBe('auto');
});

const NEEDS_TOOL = { tools: [{ name: 'f' }], toolChoice: { mode: ToolChoice_Mode.REQUIRED } };

test.each<[string, Partial, object?]>([
  ['sampling.max_output_tokens', HELLO, { maxOutputTokens: undefined }],
  ['sampling.temperature', { ...HELLO, sampling: { temperature: 1.5 } }],
  ['sampling.temperature', { ...HELLO, sampling: { temperature: 0.5 } }, { traits: NEWER }],
  ['sampling.top_p', { ...HELLO, sampling: { topP: 0.5 } }, { traits: NEWER }],
  ['sampling.temperature', { ...HELLO, sampling: { temperature: 0, reasoningBudgetTokens: 2000 } }],
  ['sampling.top_k', { ...HELLO, sampling: { topK: 5, reasoningBudgetTokens: 2000 } }],
  ['tool_choice', { ...HELLO, ...NEEDS_TOOL, sampling: { reasoningBudgetTokens: 2000 } }],
  ['tool_choice', { ...HELLO, toolChoice: NEEDS_TOOL.toolChoice }],
  ['sampling.seed', { ...HELLO, sampling: { seed: 1n } }],
  ['sampling.frequency_penalty', { ...HELLO, sampling: { frequencyPenalty: 1 } }],
  ['sampling.presence_penalty', { ...HELLO, sampling: { presencePenalty: 1 } }],
  ['sampling.stop', { ...HELLO, sampling: { stop: ['\n'] } }],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 500 } }],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 4096 } }],
  [
    'sampling.reasoning_budget_tokens',
    { ...HELLO, sampling: { reasoningBudgetTokens: 2000 } },
    { traits: NEWER },
  ],
  [
    'sampling.reasoning_effort',
    { ...HELLO, sampling: { reasoningEffort: 'low' } },
    { traits: OLDER, maxOutputTokens: 1000 },
  ],
  ['response_format.kind', { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } }],
  [
    'response_format.json_schema',
    { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '{' } },
  ],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '[]' }] }],
  ['messages[0].parts[0].text', { messages: [said(Role.USER, text(''))] }],
  [
    'messages[0].parts[0].audio',
    { messages: [said(Role.USER, { $case: 'audio', value: { source: { $case: 'url', value: 'u' } } })] },
  ],
  [
    'messages[0].parts[0].image',
    {
      messages: [
        said(Role.USER, {
          $case: 'image',
          value: { source: { $case: 'data', value: Buffer.of(1) }, mediaType: 'image/tiff' },
        }),
      ],
    },
  ],
  [
    'messages[0].parts[0].tool_call.arguments_json',
    {
      messages: [
        said(Role.ASSISTANT, { $case: 'toolCall', value: { id: 'x', name: 'f', argumentsJson: 'no' } }),
      ],
    },
  ],
])('refused by name: %s', (field, request, more = {}) => {
  expect(encode(request, more)).toMatchObject({ ok: false, error: { field } });
});
