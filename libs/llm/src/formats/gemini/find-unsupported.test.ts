import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { gemini } from './gemini.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];

const said = (role: Role, ...contents: object[]) => ({
  role,
  parts: contents.map((content) => ({ content: content as never })),
});
const hello = said(Role.USER, { $case: 'text', value: 'Hi' });
const HELLO: Partial = { messages: [hello] };
const data = { $case: 'data', value: Buffer.of(1) };
const url = { $case: 'url', value: 'https://x.test/a.png' };
const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;
const image = (source: object | undefined, mediaType = '') => ({
  $case: 'image',
  value: { source, mediaType },
});
const call = (argumentsJson: string) => ({ $case: 'toolCall', value: { id: 'c', name: 'f', argumentsJson } });
const result = (value: object) => ({ $case: 'toolResult', value: { toolCallId: 'c', ...value } });
const user = (...contents: object[]): Partial => ({ messages: [said(Role.USER, ...contents)] });
const passthrough = (name: string): Partial => ({
  ...HELLO,
  passthroughJson: `{"${name}":5}`,
  passthroughFormat: 'gemini',
});

const OLDER = { model: 'gemini-2.5-flash' };
const BUDGETS = { traits: { reasoningEfforts: [], reasoningBudget: { min: 128, max: 1000 } } };
const LEVELS = { traits: { reasoningEfforts: ['low', 'high'] } };

const cases: [field: string, request: Partial, more?: object][] = [
  ['messages', { messages: [said(Role.SYSTEM, { $case: 'text', value: 'Be brief.' })] }],
  ['messages', user({ $case: 'text', value: '' })],
  ['tool_choice', { ...HELLO, toolChoice: { mode: ToolChoice_Mode.REQUIRED } }],
  ['tool_choice', { ...HELLO, toolChoice: { mode: ToolChoice_Mode.NAMED, name: 'f' } }],
  ['parallel_tool_calls', { ...HELLO, tools: [{ name: 'f' }], parallelToolCalls: false }],
  ['tools[1].name', { ...HELLO, tools: [{ name: 'f' }, { name: '2f' }] }],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: '[1' }] }],
  ['tools[0].parameters_json_schema', { ...HELLO, tools: [{ name: 'f', parametersJsonSchema: deep }] }],
  [
    'response_format.json_schema',
    { ...HELLO, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '' } },
  ],
  [
    'response_format',
    { ...HELLO, tools: [{ name: 'f' }], responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } },
    OLDER,
  ],
  ['sampling.stop', { ...HELLO, sampling: { stop: ['a', 'b', 'c', 'd', 'e', 'f'] } }],
  ['sampling.seed', { ...HELLO, sampling: { seed: 2n ** 31n } }],
  ['sampling.temperature', { ...HELLO, sampling: { temperature: 0 } }, { traits: { sampling: false } }],
  ['sampling.reasoning_effort', { ...HELLO, sampling: { reasoningEffort: 'xhigh' } }],
  ['sampling.reasoning_effort', { ...HELLO, sampling: { reasoningEffort: 'medium' } }, LEVELS],
  ['sampling.reasoning_effort', { ...HELLO, sampling: { reasoningEffort: 'none' } }, LEVELS],
  ['sampling.reasoning_effort', { ...HELLO, sampling: { reasoningEffort: 'none' } }, BUDGETS],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 127 } }, BUDGETS],
  ['sampling.reasoning_budget_tokens', { ...HELLO, sampling: { reasoningBudgetTokens: 1001 } }, BUDGETS],
  [
    'sampling.reasoning_budget_tokens',
    { ...HELLO, sampling: { reasoningBudgetTokens: 500 } },
    { traits: { reasoningBudget: 'none' } },
  ],
  [
    'sampling.reasoning_budget_tokens',
    { ...HELLO, sampling: { reasoningBudgetTokens: 500, reasoningEffort: 'low' } },
  ],
  ['passthrough_json', { ...HELLO, passthroughJson: deep, passthroughFormat: 'gemini' }],
  ['passthrough_json.contents', passthrough('contents')],
  ['passthrough_json.generationConfig', passthrough('generationConfig')],
  ['passthrough_json.generation_config', passthrough('generation_config')],
  ['passthrough_json.cachedContent', passthrough('cachedContent')],
  ['messages[0].parts[0]', { messages: [{ role: Role.USER, parts: [{}] }] }],
  ['messages[0].parts[0].image', user(image(undefined))],
  ['messages[0].parts[0].image', user(image(data))],
  ['messages[0].parts[0].image', user(image({ $case: 'fileId', value: 'files/abc' }))],
  ['messages[0].parts[0].image', { messages: [said(Role.SYSTEM, image(data, 'image/png'))] }],
  ['messages[1].parts[0].image', { messages: [hello, said(Role.ASSISTANT, image(url))] }],
  ['messages[0].parts[0].text', { messages: [said(Role.TOOL, { $case: 'text', value: 'x' })] }],
  ['messages[0].parts[0].tool_call', user(call('{}'))],
  ['messages[0].parts[0].tool_call', { messages: [said(Role.ASSISTANT, call('not json'))] }],
  ['messages[0].parts[0].tool_call', { messages: [said(Role.ASSISTANT, call('[]'))] }],
  ['messages[0].parts[0].tool_result', { messages: [said(Role.TOOL, result({}))] }],
  [
    'messages[0].parts[0].tool_result',
    { messages: [said(Role.TOOL, result({})), said(Role.ASSISTANT, call('{}'))] },
  ],
  ['messages[0].parts[0].tool_result', { messages: [said(Role.ASSISTANT, result({ name: 'f' }))] }],
  [
    'messages[0].parts[0].tool_result.parts[0].image',
    user(result({ name: 'f', parts: [{ content: image(url, 'image/png') }] })),
  ],
  [
    'messages[0].parts[0].tool_result.parts[0].image',
    user(result({ name: 'f', parts: [{ content: image(data, 'image/png') }] })),
    OLDER,
  ],
  [
    'messages[0].parts[0].tool_result.parts[0].file',
    user(result({ name: 'f', parts: [{ content: { $case: 'file', value: { source: data } } }] })),
  ],
];

test.each(cases)('refused by name, without encoding and with: %s', (field, request, more = {}) => {
  const input = {
    request: CompleteRequest.fromPartial(request),
    model: 'gemini-3-flash-preview',
    maxOutputTokens: undefined,
    stream: false,
    ...more,
  } as Parameters<typeof gemini.findUnsupported>[0];
  const found = gemini.findUnsupported(input);
  expect(found).toEqual({ field, description: expect.stringMatching(/./) });
  expect(gemini.encodeRequest(input)).toEqual({ ok: false, error: found });
});

test.each([
  ['parallel calls that are allowed', { ...HELLO, tools: [{ name: 'f' }], parallelToolCalls: true }],
  ['parallel calls without tools', { ...HELLO, parallelToolCalls: false }],
  ['the largest seed', { ...HELLO, sampling: { seed: 2n ** 31n - 1n } }],
  ['five stop texts', { ...HELLO, sampling: { stop: ['a', 'b', 'c', 'd', 'e'] } }],
  ['an effort at a model of which nothing is known', { ...HELLO, sampling: { reasoningEffort: 'none' } }],
])('taken, without encoding and with: %s', (_, request: Partial) => {
  const input = {
    request: CompleteRequest.fromPartial(request),
    model: 'some-model',
    maxOutputTokens: undefined,
    stream: false,
  };
  expect(gemini.findUnsupported(input)).toBeUndefined();
  expect(gemini.encodeRequest(input).ok).toBe(true);
});
