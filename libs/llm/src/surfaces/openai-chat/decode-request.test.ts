import {
  ResponseFormat_Kind,
  Role,
  STRATEGY_NAMES,
  Strategy,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { openaiChat } from '../../formats/openai-chat/openai-chat.ts';
import { decodeChatRequest } from './decode-request.ts';

const HELLO = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };

function decoded(body: unknown) {
  const result = decodeChatRequest(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The fields that are wrong. */
function wrong(body: unknown): string[] {
  const result = decodeChatRequest(body);
  return result.ok ? [] : result.error.map(({ field }) => field);
}

/** What a provider of the same format would be sent. */
function sent(body: unknown) {
  const { request } = decoded(body);
  const { maxOutputTokens } = request.sampling ?? {};
  const result = openaiChat.encodeRequest({ request, model: request.model, maxOutputTokens, stream: false });
  if (!result.ok) throw new Error(result.error.field);
  return JSON.parse(result.value.body);
}

test('the least request', () => {
  const { request, stream, includeUsage } = decoded(HELLO);
  expect({ stream, includeUsage }).toEqual({ stream: false, includeUsage: false });
  expect(request).toMatchObject({
    model: 'gpt-4o-mini',
    messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Hi' } }], name: '' }],
    passthroughJson: '',
    passthroughFormat: '',
  });
});

const WHOLE = {
  model: 'm',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'developer', content: 'Metric units.', name: 'dev' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
        { type: 'input_audio', input_audio: { data: 'AQID', format: 'wav' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AQID', filename: 'a.pdf' } },
        { type: 'file', file: { file_id: 'file-1' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } }],
    },
    { role: 'tool', tool_call_id: 'c1', content: '12°' },
    { role: 'assistant', content: 'It is', refusal: 'no' },
  ],
  max_completion_tokens: 100,
  temperature: 0.5,
  top_p: 1,
  stop: ['a', 'b'],
  frequency_penalty: -1,
  presence_penalty: 1,
  reasoning_effort: 'low',
  user: 'u1',
  tools: [
    {
      type: 'function',
      function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
    },
  ],
  tool_choice: { type: 'function', function: { name: 'f' } },
  parallel_tool_calls: false,
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'r', schema: { type: 'object' }, strict: true },
  },
  logit_bias: { 5: 1 },
  metadata: { a: 'b' },
  service_tier: 'default',
  seed: 7,
};

test('every documented field comes back out towards a provider of the same format', () => {
  expect(sent(WHOLE)).toEqual(WHOLE);
});

test('fields of their own meaning: stop as text, max_tokens, tool choice, format', () => {
  const { request } = decoded({
    ...HELLO,
    stop: 'x',
    max_tokens: 5,
    tool_choice: 'required',
    tools: [{ type: 'function', function: { name: 'f' } }],
    response_format: { type: 'json_object' },
  });
  expect(request).toMatchObject({
    sampling: { stop: ['x'], maxOutputTokens: 5 },
    toolChoice: { mode: ToolChoice_Mode.REQUIRED },
    tools: [{ name: 'f', parametersJsonSchema: '' }],
    responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT },
  });
});

test('null is the same as absent, as clients send it', () => {
  const names = [
    'temperature',
    'stop',
    'tools',
    'tool_choice',
    'n',
    'audio',
    'logprobs',
    'user',
    'metadata',
    'switchyard',
  ];
  expect(sent({ ...HELLO, ...Object.fromEntries(names.map((name) => [name, null])) })).toEqual(HELLO);
});

test('an assistant message that a client echoes is taken, with its reasoning', () => {
  const echoed = {
    role: 'assistant',
    content: '',
    refusal: null,
    annotations: [],
    audio: null,
    function_call: null,
    reasoning_content: 'Hm. More.',
    reasoning_details: [
      { type: 'reasoning.text', text: 'Hm.', signature: 'anthropic-messages:s1' },
      { type: 'reasoning.encrypted', data: 'anthropic-messages:d1' },
    ],
    tool_calls: [
      {
        id: 'c1',
        type: 'function',
        index: 0,
        function: { name: 'f', arguments: '{}' },
        extra_content: { google: { thought_signature: 'gemini:s2' } },
      },
    ],
  };
  const { request } = decoded({ ...HELLO, messages: [echoed] });
  expect(request.messages[0]?.parts.map((part) => part.content)).toEqual([
    { $case: 'reasoning', value: { text: 'Hm.', signature: 'anthropic-messages:s1', redactedData: '' } },
    { $case: 'reasoning', value: { text: '', signature: '', redactedData: 'anthropic-messages:d1' } },
    { $case: 'reasoning', value: { text: '', signature: 'gemini:s2', redactedData: '' } },
    { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{}' } },
  ]);
});

test('marks for prompt caches', () => {
  const content = [
    { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } },
    { type: 'text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit' } },
    { type: 'text', text: 'c' },
  ];
  const { request } = decoded({ ...HELLO, messages: [{ role: 'user', content }] });
  expect(request.messages[0]?.parts.map((part) => part.cacheControl?.ttlSeconds)).toEqual([
    3600,
    0,
    undefined,
  ]);
});

test('the switchyard object, named as in the proto', () => {
  const { request } = decoded({
    ...HELLO,
    switchyard: {
      requirements: {
        capabilities: ['tools'],
        max_cost_nano_usd: '9007199254740993',
        max_price_per_million_nano_usd: 5,
        max_latency_ms: 100,
        residency: ['eu-west'],
        preferred_providers: ['a'],
        excluded_providers: ['b'],
        allowed_providers: ['c'],
        tags: ['hipaa'],
      },
      context: { agent: 'a', workflow: 'w', service: 's', tenant: 't' },
      hedge: { delay_ms: 250 },
      failover: { allowed: true, max_fallbacks: 0, max_retries: 1, continue_streams: true },
      strategy: 'cost',
      labels: { team: 'x' },
      idempotency_key: 'k',
    },
  });
  expect(request).toMatchObject({
    requirements: {
      maxCostNanoUsd: 9007199254740993n,
      maxPricePerMillionNanoUsd: 5n,
      residency: ['eu-west'],
      tags: ['hipaa'],
    },
    context: { agent: 'a', workflow: 'w', service: 's', tenant: 't' },
    hedge: { delayMs: 250 },
    failover: { allowed: true, maxFallbacks: 0, maxRetries: 1, continueStreams: true },
    strategy: Strategy.COST,
    labels: { team: 'x' },
    idempotencyKey: 'k',
    passthroughJson: '',
  });
  expect(decoded({ ...HELLO, switchyard: { strategy: 'STRATEGY_PRIORITY' } }).request.strategy).toBe(
    Strategy.PRIORITY,
  );
  expect(decoded({ ...HELLO, switchyard: { strategy: 'least_recently_used' } }).request.strategy).toBe(
    Strategy.LEAST_RECENTLY_USED,
  );
});

test('a description of the response format becomes the schema’s', () => {
  const json_schema = { name: 'r', description: 'Weather', schema: { type: 'object' } };
  const { request } = decoded({ ...HELLO, response_format: { type: 'json_schema', json_schema } });
  expect(request.responseFormat?.jsonSchema).toBe('{"description":"Weather","type":"object"}');
});

test.each([
  ['n', { n: 2 }],
  ['logprobs', { logprobs: true }],
  ['top_logprobs', { top_logprobs: 3 }],
  ['modalities', { modalities: ['text', 'audio'] }],
  ['audio', { audio: { voice: 'alloy', format: 'wav' } }],
  ['functions', { functions: [] }],
  ['function_call', { function_call: 'auto' }],
  ['tools[0].type', { tools: [{ type: 'custom', custom: { name: 'x' } }] }],
  ['tool_choice.type', { tool_choice: { type: 'allowed_tools', allowed_tools: {} } }],
  ['stream_options.include_obfuscation', { stream: true, stream_options: { include_obfuscation: true } }],
  ['messages[0].audio', { messages: [{ role: 'assistant', audio: { id: 'a' } }] }],
])('what cannot be honoured is refused by name: %s', (field, fields) => {
  expect(wrong({ ...HELLO, ...fields })).toEqual([field]);
});

test.each([
  ['n of 1', { n: 1 }],
  ['logprobs off', { logprobs: false, top_logprobs: 0 }],
  ['text only', { modalities: ['text'] }],
])('what changes nothing is taken: %s', (_, fields) => {
  expect(wrong({ ...HELLO, ...fields })).toEqual([]);
});

const content = (...parts: unknown[]) => ({ ...HELLO, messages: [{ role: 'user', content: parts }] });
const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`);

test.each<[string, string[], unknown]>([
  ['no object', ['(body)'], [1]],
  ['nothing', ['model', 'messages'], {}],
  ['no messages', ['messages'], { ...HELLO, messages: [] }],
  ['messages that are no list', ['messages'], { ...HELLO, messages: 'hi' }],
  ['too many messages', ['messages'], { ...HELLO, messages: Array(2049).fill(HELLO.messages[0]) }],
  ['an unknown role', ['messages[0].role'], { ...HELLO, messages: [{ role: 'robot', content: 'x' }] }],
  ['no role', ['messages[0].role'], { ...HELLO, messages: [{ content: 'x' }] }],
  ['no content', ['messages[0].content'], { ...HELLO, messages: [{ role: 'user' }] }],
  [
    'content that is a number',
    ['messages[0].content'],
    { ...HELLO, messages: [{ role: 'user', content: 5 }] },
  ],
  ['a message that is a text', ['messages[1]'], { ...HELLO, messages: [HELLO.messages[0], 'x'] }],
  ['negative max tokens', ['max_tokens'], { ...HELLO, max_tokens: -1 }],
  ['two different limits', ['max_tokens'], { ...HELLO, max_tokens: 1, max_completion_tokens: 2 }],
  ['too hot', ['temperature'], { ...HELLO, temperature: 2.1 }],
  ['a temperature that is a text', ['temperature'], { ...HELLO, temperature: '1' }],
  ['top_p of 0', ['top_p'], { ...HELLO, top_p: 0 }],
  ['an empty stop text', ['stop'], { ...HELLO, stop: [''] }],
  ['an unknown effort', ['reasoning_effort'], { ...HELLO, reasoning_effort: 'huge' }],
  [
    'stream options without a stream',
    ['stream_options'],
    { ...HELLO, stream_options: { include_usage: true } },
  ],
  ['an unknown part', ['messages[0].content[0].type'], content({ type: 'video' })],
  [
    'an http picture',
    ['messages[0].content[0].image_url.url'],
    content({ type: 'image_url', image_url: { url: 'http://x' } }),
  ],
  [
    'a broken data URL',
    ['messages[0].content[0].image_url.url'],
    content({ type: 'image_url', image_url: { url: 'data:image/png;base64,???' } }),
  ],
  [
    'a sound of another format',
    ['messages[0].content[0].input_audio.format'],
    content({ type: 'input_audio', input_audio: { data: 'AQID', format: 'ogg' } }),
  ],
  [
    'a tool result without its call',
    ['messages[0].tool_call_id'],
    { ...HELLO, messages: [{ role: 'tool', content: 'x' }] },
  ],
  [
    'a tool without a name',
    ['tools[0].function.name'],
    { ...HELLO, tools: [{ type: 'function', function: {} }] },
  ],
  [
    'a tool with a bad name',
    ['tools[0].function.name'],
    { ...HELLO, tools: [{ type: 'function', function: { name: 'a b' } }] },
  ],
  [
    'a deep schema',
    ['tools[0].function.parameters'],
    { ...HELLO, tools: [{ type: 'function', function: { name: 'f', parameters: deep } }] },
  ],
  ['a deep unknown field', ['metadata'], { ...HELLO, metadata: deep }],
  [
    'an unknown requirement',
    ['switchyard.requirements.price'],
    { ...HELLO, switchyard: { requirements: { price: 1 } } },
  ],
  [
    'a fractional cost',
    ['switchyard.requirements.max_cost_nano_usd'],
    { ...HELLO, switchyard: { requirements: { max_cost_nano_usd: 0.5 } } },
  ],
  ['an unknown strategy', ['switchyard.strategy'], { ...HELLO, switchyard: { strategy: 'luck' } }],
  [
    '17 labels',
    ['switchyard.labels'],
    {
      ...HELLO,
      switchyard: { labels: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`l${i}`, ''])) },
    },
  ],
  ['several at once', ['temperature', 'user'], { ...HELLO, temperature: 9, user: 5 }],
])('named: %s', (_, fields, body) => {
  expect(wrong(body).sort()).toEqual([...fields].sort());
});

test('who names an unknown strategy is told each word once', () => {
  const refused = decodeChatRequest({ ...HELLO, switchyard: { strategy: 'luck' } });
  expect(JSON.stringify(refused)).toContain(`must be one of ${STRATEGY_NAMES.join(', ')}"`);
});

test('the number of violations told is bounded', () => {
  expect(wrong({ ...HELLO, messages: Array(2000).fill(5) }).length).toBe(50);
});

test('labels cannot reach the prototype', () => {
  const body = JSON.parse(
    `{"model":"m","messages":[{"role":"user","content":"x"}],"switchyard":{"labels":{"__proto__":"x"}}}`,
  );
  decodeChatRequest(body);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
  expect(Object.getPrototypeOf(decoded(body).request.labels)).toBe(Object.prototype);
});
