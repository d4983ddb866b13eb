import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ModelTraits } from '../model-traits.ts';
import { bedrockConverse } from './bedrock-converse.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];

const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const BUDGETS = { reasoningBudget: { min: 1_024, max: undefined } } as ModelTraits;

const said = (role: Role, ...contents: object[]) => ({
  role,
  parts: contents.map((content) => ({ content: content as never })),
});
const text = (value: string) => ({ $case: 'text', value });
const media = ($case: 'image' | 'file', fields: object) => ({ $case, value: fields });
const bytes = { $case: 'data', value: Buffer.from('abc') };
const call = (id: string, argumentsJson = '{"a":1}') => ({
  $case: 'toolCall',
  value: { id, name: 'f', argumentsJson },
});
const result = (toolCallId: string, ...contents: object[]) => ({
  $case: 'toolResult',
  value: { toolCallId, parts: contents.map((content) => ({ content })) },
});
const HELLO: Partial = { messages: [said(Role.USER, text('Hi'))] };
const TOOLS: Partial = { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '{"type":"object"}' }] };

const input = (request: Partial, more: object = {}) => ({
  request: CompleteRequest.fromPartial(request),
  model: CLAUDE,
  maxOutputTokens: 4_096,
  stream: false,
  ...more,
});

function bodyOf(request: Partial, more: object = {}) {
  const encoded = bedrockConverse.encodeRequest(input(request, more));
  if (!encoded.ok) throw new Error(`${encoded.error.field}: ${encoded.error.description}`);
  return JSON.parse(encoded.value.body);
}

test('the least request: where it goes and what it says', () => {
  expect(bedrockConverse.encodeRequest(input(HELLO))).toEqual({
    ok: true,
    value: {
      path: '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse',
      query: undefined,
      headers: { 'content-type': 'application/json' },
      body: '{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":4096}}',
    },
  });
  expect(bedrockConverse.authStyle).toBe('aws-sigv4');
});

test('a stream goes to another path, and an ARN is one segment of it', () => {
  const model = 'arn:aws:bedrock:us-east-1:1234:inference-profile/us.amazon.nova-pro-v1:0';
  expect(bedrockConverse.encodeRequest(input(HELLO, { stream: true, model }))).toMatchObject({
    value: {
      path: '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1234%3Ainference-profile%2Fus.amazon.nova-pro-v1%3A0/converse-stream',
    },
  });
});

test('system texts are blocks; a mark for the cache stands behind what it marks', () => {
  const marked = (ttlSeconds: number) => ({ content: text('B') as never, cacheControl: { ttlSeconds } });
  const messages = [
    said(Role.SYSTEM, text('A'), text('')),
    { role: Role.USER, parts: [marked(300)] },
    { role: Role.DEVELOPER, parts: [marked(3_600)] },
  ];
  expect(bodyOf({ messages })).toMatchObject({
    system: [{ text: 'A' }, { text: 'B' }, { cachePoint: { type: 'default', ttl: '1h' } }],
    messages: [{ role: 'user', content: [{ text: 'B' }, { cachePoint: { type: 'default' } }] }],
  });
});

test('neighbours of a side are one turn, results of tools first', () => {
  const messages = [
    said(Role.USER, text('Hi')),
    said(Role.ASSISTANT, text('Calling'), call('a.1'), call('b', '')),
    said(Role.TOOL, result('a.1', text('calm'))),
    said(Role.USER, text('and?')),
    said(Role.TOOL, { $case: 'toolResult', value: { toolCallId: 'b', parts: [], isError: true } }),
  ];
  expect(bodyOf({ ...TOOLS, messages }).messages).toEqual([
    { role: 'user', content: [{ text: 'Hi' }] },
    {
      role: 'assistant',
      content: [
        { text: 'Calling' },
        { toolUse: { toolUseId: 'a_1', name: 'f', input: { a: 1 } } },
        { toolUse: { toolUseId: 'b', name: 'f', input: {} } },
      ],
    },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'a_1', content: [{ text: 'calm' }] } },
        { toolResult: { toolUseId: 'b', content: [{ text: '' }], status: 'error' } },
        { text: 'and?' },
      ],
    },
  ]);
});

test('pictures and documents, as bytes and in S3', () => {
  const url = { $case: 'url', value: 's3://bucket/a.pdf' };
  const messages = [
    said(
      Role.USER,
      text('Look'),
      media('image', { source: bytes, mediaType: 'image/png' }),
      media('file', { source: url, mediaType: 'application/pdf', filename: 'Q3_report (final).pdf' }),
      media('file', { source: bytes, mediaType: 'text/x-python' }),
    ),
  ];
  expect(bodyOf({ messages }).messages[0].content.slice(1)).toEqual([
    { image: { format: 'png', source: { bytes: 'YWJj' } } },
    {
      document: {
        format: 'pdf',
        name: 'Q3 report (final)',
        source: { s3Location: { uri: 's3://bucket/a.pdf' } },
      },
    },
    { document: { format: 'txt', name: 'document', source: { bytes: 'YWJj' } } },
  ]);
});

test('reasoning goes back to its author only', () => {
  const reasoning = (value: object) => ({ $case: 'reasoning', value });
  const messages = [
    said(Role.USER, text('Hi')),
    said(
      Role.ASSISTANT,
      reasoning({ text: 'own', signature: 'bedrock-converse:s1' }),
      reasoning({ redactedData: 'bedrock-converse:cmVk' }),
      reasoning({ text: 'foreign', signature: 'anthropic-messages:s2' }),
      reasoning({ text: 'unsigned' }),
      text('Hello'),
    ),
    said(Role.USER, text('?')),
  ];
  expect(bodyOf({ messages }).messages[1].content).toEqual([
    { reasoningContent: { reasoningText: { text: 'own', signature: 's1' } } },
    { reasoningContent: { redactedContent: 'cmVk' } },
    { text: 'Hello' },
  ]);
});

test.each([
  [ToolChoice_Mode.AUTO, { auto: {} }],
  [ToolChoice_Mode.REQUIRED, { any: {} }],
  [ToolChoice_Mode.NAMED, { tool: { name: 'f' } }],
  [ToolChoice_Mode.UNSPECIFIED, undefined],
])('tool choice %d', (mode, toolChoice) => {
  expect(bodyOf({ ...TOOLS, toolChoice: { mode, name: 'f' } }).toolConfig).toEqual({
    tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }],
    ...(toolChoice && { toolChoice }),
  });
});

test('no tools may be called: they are left out', () => {
  expect(bodyOf({ ...TOOLS, toolChoice: { mode: ToolChoice_Mode.NONE } })).not.toHaveProperty('toolConfig');
});

test('settings, and a schema of the output as text', () => {
  const sampling = { temperature: 0.5, topP: 0.9, stop: ['END'] };
  const responseFormat = {
    kind: ResponseFormat_Kind.JSON_SCHEMA,
    name: 'n',
    jsonSchema: '{"type": "object"}',
  };
  expect(bodyOf({ ...HELLO, sampling, responseFormat })).toMatchObject({
    inferenceConfig: { maxTokens: 4_096, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
    outputConfig: {
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { schema: '{"type":"object"}', name: 'n' } },
      },
    },
  });
});

test.each([
  [
    'a budget',
    CLAUDE,
    { reasoningBudgetTokens: 2_000 },
    { thinking: { type: 'enabled', budget_tokens: 2_000 } },
  ],
  ['a share', CLAUDE, { reasoningEffort: 'medium' }, { thinking: { type: 'enabled', budget_tokens: 2_048 } }],
  ['top_k', CLAUDE, { topK: 5 }, { top_k: 5 }],
  ['an effort', 'openai.gpt-oss-120b-1:0', { reasoningEffort: 'low' }, { reasoning_effort: 'low' }],
])('%s is said as the model takes it', (_name, model, sampling, fields) => {
  expect(bodyOf({ ...HELLO, sampling }, { model, traits: BUDGETS }).additionalModelRequestFields).toEqual(
    fields,
  );
});

test('a later Claude takes an effort', () => {
  const sampling = { reasoningEffort: 'high' };
  expect(bodyOf({ ...HELLO, sampling }, { model: 'anthropic.claude-opus-5-v1' })).toMatchObject({
    additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
  });
});

test('fields of this format pass through, but none that the request decides', () => {
  const passthroughJson = '{"performanceConfig":{"latency":"optimized"}}';
  const through = { ...HELLO, passthroughJson, passthroughFormat: 'bedrock-converse' };
  expect(bodyOf(through)).toMatchObject({ performanceConfig: { latency: 'optimized' } });
  expect(bodyOf({ ...through, passthroughFormat: 'gemini' })).not.toHaveProperty('performanceConfig');
  const taken = { ...through, passthroughJson: '{"additionalModelRequestFields":{}}' };
  expect(bedrockConverse.encodeRequest(input(taken))).toMatchObject({
    error: { field: 'passthrough_json.additionalModelRequestFields' },
  });
});

const NOVA = { model: 'amazon.nova-pro-v1:0' };
const url = { $case: 'url', value: 'https://example.com/a.png' };
const asked = (...contents: object[]): Partial => ({ messages: [said(Role.USER, ...contents)] });

test.each<[string, Partial, object?]>([
  ['sampling.temperature', { ...HELLO, sampling: { temperature: 1.5 } }],
  ['sampling.frequency_penalty', { ...HELLO, sampling: { frequencyPenalty: 1 } }],
  ['sampling.presence_penalty', { ...HELLO, sampling: { presencePenalty: 1 } }],
  ['sampling.seed', { ...HELLO, sampling: { seed: 1 } }],
  ['sampling.stop', { ...HELLO, sampling: { stop: [''] } }],
  ['sampling.top_k', { ...HELLO, sampling: { topK: 5 } }, NOVA],
  ['sampling.reasoning_effort', { ...HELLO, sampling: { reasoningEffort: 'low' } }, NOVA],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 2_000 } }, NOVA],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 9_000 } }],
  ['sampling.temperature', { ...HELLO, sampling: { reasoningBudgetTokens: 2_000, temperature: 0.2 } }],
  ['sampling.top_k', { ...HELLO, sampling: { reasoningBudgetTokens: 2_000, topK: 5 } }],
  [
    'tool_choice',
    { ...TOOLS, sampling: { reasoningBudgetTokens: 2_000 }, toolChoice: { mode: ToolChoice_Mode.REQUIRED } },
  ],
  ['tool_choice', { ...HELLO, toolChoice: { mode: ToolChoice_Mode.REQUIRED } }],
  ['parallel_tool_calls', { ...TOOLS, parallelToolCalls: false }],
  ['tools', { messages: [said(Role.USER, text('a')), said(Role.ASSISTANT, call('a'))] }],
  [
    'tool_choice',
    {
      ...TOOLS,
      messages: [said(Role.USER, text('a')), said(Role.ASSISTANT, call('a'))],
      toolChoice: { mode: ToolChoice_Mode.NONE },
    },
  ],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '[]' }] }],
  ['response_format.kind', { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } }],
  [
    'response_format.json_schema',
    { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '7' } },
  ],
  ['messages[0].parts[0].text', asked(text(' '))],
  ['messages[0].parts[0].audio', asked({ $case: 'audio', value: { source: bytes } })],
  ['messages[0].parts[0].image', asked(media('image', { source: url, mediaType: 'image/png' }))],
  ['messages[0].parts[0].image', asked(media('image', { source: bytes, mediaType: 'image/tiff' }))],
  ['messages[0].parts[0].file', asked(media('file', { source: { $case: 'fileId', value: 'f' } }))],
  ['messages[0].parts[0].file', asked(media('file', { source: bytes, mediaType: 'application/zip' }))],
  [
    'messages[1].parts[0].tool_call',
    { ...TOOLS, messages: [said(Role.USER, text('a')), said(Role.ASSISTANT, call('a', '[1]'))] },
  ],
])('%s is refused by name', (field, request, more) => {
  expect(bedrockConverse.encodeRequest(input(request, more))).toMatchObject({ ok: false, error: { field } });
});

test('what is found goes by the family, and by the limit where a budget must be below it', () => {
  const variant = (request: Partial, more: object = {}) =>
    bedrockConverse.unsupportedVariant(input(request, more));
  expect(variant(HELLO)).toBe(variant(HELLO, { maxOutputTokens: 5, model: 'anthropic.claude-opus-5-v1' }));
  expect(variant(HELLO)).not.toBe(variant(HELLO, NOVA));
  const budget = { ...HELLO, sampling: { reasoningBudgetTokens: 2_000 } };
  expect(variant(budget)).not.toBe(variant(budget, { maxOutputTokens: 5 }));
});
