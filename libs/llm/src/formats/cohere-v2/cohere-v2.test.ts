import { CompleteRequest, FinishReason, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ErrorClass } from '../error-classes.ts';
import { answer, decodeStream, fixturesOf, messageOf, WALL_NOW_MS } from '../testing/fixtures.ts';
import { cohereV2 } from './cohere-v2.ts';

const fixtures = fixturesOf('cohere-v2');

function decoded(body: unknown) {
  const result = cohereV2.decodeResponse(answer({ body }));
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}
const decode = (bytes: Buffer | string) =>
  decodeStream(cohereV2.createStreamDecoder({ wallNowMs: WALL_NOW_MS }), Buffer.from(bytes));
const contents = (message: { parts: readonly { content?: unknown }[] }) =>
  message.parts.map(({ content }) => content);
const call = (id: string, name: string, argumentsJson: string) => ({
  $case: 'toolCall',
  value: { id, name, argumentsJson },
});

test('a text; what is billed is what counts, not what the model read', () => {
  const { message, finishReason, usage } = decoded(fixtures.json('text.json'));
  expect(contents(message)).toEqual([{ $case: 'text', value: 'The capital of France is Paris.' }]);
  expect(finishReason).toBe(FinishReason.STOP);
  expect(usage).toEqual({ inputTokens: 12, outputTokens: 7, estimated: false });
});

test('parallel calls, and the plan that comes before them, as text', () => {
  const { message, finishReason } = decoded(fixtures.json('tool-call.json'));
  expect(contents(message)).toEqual([
    { $case: 'text', value: expect.stringMatching(/^I will use the weather tool/) },
    call('weather_dqgshstja6p9', 'weather', '{"location":"San Francisco"}'),
    call('cityAttractions_dcxfx4myvx68', 'cityAttractions', '{"city":"San Francisco"}'),
  ]);
  expect(finishReason).toBe(FinishReason.TOOL_CALLS);
});

test('thinking comes before the text; "null" arguments are none; a limit is told', () => {
  const reasoned = decoded(fixtures.json('reasoning.json')).message;
  expect(reasoned.parts.map(({ content }) => content?.$case)).toEqual(['reasoning', 'text']);
  const [, none] = contents(decoded(fixtures.json('null-arguments.json')).message);
  expect(none).toEqual(call('currentTime_tf4dywn8wgnk', 'currentTime', '{}'));
  expect(decoded(fixtures.json('max-tokens.json')).finishReason).toBe(FinishReason.LENGTH);
});

test.each([
  ['text-stream.sse', ['text'], { inputTokens: 12, outputTokens: 7 }],
  ['tool-call-stream.sse', ['text', 'toolCall', 'toolCall'], { inputTokens: 119 }],
  ['reasoning-stream.sse', ['reasoning', 'text'], {}],
])('%s', (file, kinds, usage) => {
  const events = decode(fixtures.bytes(file));
  expect(messageOf(events).parts.map(({ content }) => content?.$case)).toEqual(kinds);
  expect(events.at(-1)).toMatchObject({ kind: 'finish', usage });
});

test('calls of a stream are told apart by their order; a call to which nothing is added has no arguments', () => {
  const calls = contents(messageOf(decode(fixtures.bytes('tool-call-stream.sse')))).slice(1);
  expect(calls).toMatchObject([
    { value: { name: 'weather', argumentsJson: '{"location": "San Francisco"}' } },
    { value: { name: 'cityAttractions', argumentsJson: expect.stringContaining('"city"') } },
  ]);
  const [, none] = contents(messageOf(decode(fixtures.bytes('no-arguments-stream.sse'))));
  expect(none).toEqual(call('currentTime_y46ar19t5gvw', 'currentTime', '{}'));
});

test.each([
  ['an error among events', 'data: {"message":"too many requests"}\n\n', 'rate_limited'],
  ['an end by failure', 'data: {"type":"message-end","delta":{"finish_reason":"ERROR"}}\n\n', 'server_error'],
  [
    'a call without a name',
    'data: {"type":"tool-call-start","delta":{"message":{"tool_calls":{"id":"x"}}}}\n\n',
    'invalid_response',
  ],
  ['nothing more', 'data: {"type":"message-start"}\n\n', 'broken_stream'],
])('%s is no success', (_, bytes, wanted) => {
  expect(decode(bytes).at(-1)).toMatchObject({ kind: 'error', error: { class: wanted } });
});

/** Texts of https://docs.cohere.com/reference/errors */
const ERRORS: readonly (readonly [number, string, ErrorClass])[] = [
  [400, 'invalid request: prompt must be at least 1 token long', 'invalid_request'],
  [400, 'too many tokens: total number of tokens in the prompt cannot exceed 4081', 'context_length'],
  [401, 'no api key supplied', 'authentication'],
  [402, 'Please add or update your payment method at …', 'quota'],
  [404, "model 'x' not found, make sure the correct model ID was used", 'not_found'],
  [429, 'You are past the per minute request limit, please wait and try again later.', 'rate_limited'],
  [429, 'You are using a Trial key, which is limited to 1000 API calls / month', 'quota'],
  [498, 'invalid token', 'authentication'],
  [500, 'internal server error', 'server_error'],
  [503, 'service unavailable', 'overloaded'],
];
test.each(ERRORS)('%d, %s', (status, message, wanted) => {
  const failed = cohereV2.decodeResponse(answer({ status, body: { message } }));
  expect(failed).toMatchObject({ ok: false, error: { class: wanted } });
});

const user = (text: string) => ({
  role: Role.USER,
  parts: [{ content: { $case: 'text' as const, value: text } }],
});
const encode = (change: Parameters<typeof CompleteRequest.fromPartial>[0]) => {
  const request = CompleteRequest.fromPartial({ model: 'm', messages: [user('hi')], ...change });
  return cohereV2.encodeRequest({ request, model: 'command-a-03-2025', maxOutputTokens: 9, stream: true });
};
const bodyOf = (change: Parameters<typeof CompleteRequest.fromPartial>[0]) => {
  const encoded = encode(change);
  if (!encoded.ok) throw new Error(encoded.error.field);
  return { path: encoded.value.path, ...JSON.parse(encoded.value.body) };
};
const tools = ['a', 'b'].map((name) => ({
  name,
  description: 'does',
  parametersJsonSchema: '{"type":"object"}',
}));

test('settings by their names here', () => {
  const sampling = { topP: 1, topK: 5, stop: ['x'], seed: 7n, temperature: 0.5, reasoningBudgetTokens: 100 };
  expect(bodyOf({ sampling })).toEqual({
    path: '/chat',
    model: 'command-a-03-2025',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    stream: true,
    max_tokens: 9,
    temperature: 0.5,
    k: 5,
    stop_sequences: ['x'],
    seed: 7,
    thinking: { type: 'enabled', token_budget: 100 },
  });
});

test('a tool that is named is the only one offered', () => {
  const toolChoice = { mode: ToolChoice_Mode.NAMED, name: 'b' };
  const body = bodyOf({ tools, toolChoice });
  expect(body).toMatchObject({ tool_choice: 'REQUIRED', tools: [{ function: { name: 'b' } }] });
  expect(body.tools).toHaveLength(1);
  expect(bodyOf({ tools }).tool_choice).toBeUndefined();
});

test('calls go back with their plan, and results each by itself', () => {
  const parts = [
    { content: { $case: 'text' as const, value: 'I will.' } },
    { content: { $case: 'toolCall' as const, value: { id: 'c', name: 'a', argumentsJson: '' } } },
  ];
  const result = {
    toolCallId: 'c',
    isError: true,
    parts: [{ content: { $case: 'text' as const, value: 'no' } }],
  };
  const messages = [
    user('hi'),
    { role: Role.ASSISTANT, parts },
    { role: Role.TOOL, parts: [{ content: { $case: 'toolResult' as const, value: result } }] },
  ];
  expect(bodyOf({ messages, tools }).messages.slice(1)).toEqual([
    {
      role: 'assistant',
      tool_plan: 'I will.',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'a', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'c', content: 'Error: no' },
  ]);
});

test.each([
  [{ sampling: { reasoningEffort: 'high' } }, 'sampling.reasoning_effort'],
  [{ sampling: { topK: 501 } }, 'sampling.top_k'],
  [{ sampling: { topP: 0.995 } }, 'sampling.top_p'],
  [{ sampling: { presencePenalty: -1 } }, 'sampling.presence_penalty'],
  [{ sampling: { stop: Array(6).fill('x') } }, 'sampling.stop'],
  [{ tools, parallelToolCalls: false }, 'parallel_tool_calls'],
  [{ passthroughFormat: 'cohere-v2', passthroughJson: '{"p":1}' }, 'passthrough_json.p'],
])('%j is refused by its field', (change, field) => {
  const encoded = encode(change as Parameters<typeof encode>[0]);
  expect(encoded.ok ? undefined : encoded.error.field).toBe(field);
});
