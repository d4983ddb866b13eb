import {
  CompleteResponse,
  FinishReason,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { ServiceError, type StatusCode } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { openaiChat } from '../../formats/openai-chat/openai-chat.ts';
import { answer, decodeStream, messageOf, summary } from '../../formats/testing/fixtures.ts';
import { decodeChatRequest } from './decode-request.ts';
import { encodeChatError } from './encode-error.ts';
import { encodeChatResponse } from './encode-response.ts';
import { createChatStreamEncoder } from './stream-encoder.ts';

const ROUTE = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  reason: 'first',
  confidence: 1,
  alternatives: ['x/y'],
  fallbacks: 1,
  endpoint: 'eu',
};
const USAGE = { inputTokens: 20, outputTokens: 5, cacheReadTokens: 8, reasoningTokens: 2, estimated: false };
const COST = {
  totalNanoUsd: 4_800n,
  componentsNanoUsd: { input: 1_800n, output: 3_000n },
  priceVersion: '7',
  estimated: false,
};
const TIMINGS = { total: { seconds: 1n, nanos: 500_000_000 }, firstToken: { seconds: 0n, nanos: 250_000 } };

const PARTS = [
  { content: { $case: 'reasoning', value: { text: 'Hm.', signature: 'anthropic-messages:s' } } },
  { content: { $case: 'text', value: 'Let me see.' } },
  { content: { $case: 'reasoning', value: { text: '', signature: 'gemini:t' } } },
  { content: { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{"a":1}' } } },
] as const;

const RESPONSE = CompleteResponse.fromPartial({
  requestId: 'r1',
  message: { role: Role.ASSISTANT, parts: PARTS as never },
  finishReason: FinishReason.TOOL_CALLS,
  usage: USAGE,
  cost: COST,
  route: ROUTE,
  timings: TIMINGS,
  providerModel: 'gpt-4o-mini-2024-07-18',
});

const EXTENSION = {
  request_id: 'r1',
  provider: 'openai',
  endpoint: 'eu',
  model: 'gpt-4o-mini',
  provider_model: 'gpt-4o-mini-2024-07-18',
  reason: 'first',
  confidence: 1,
  alternatives: ['x/y'],
  fallbacks: 1,
  cost: {
    total_usd: '0.0000048',
    total_nano_usd: '4800',
    components_nano_usd: { input: '1800', output: '3000' },
    price_version: '7',
    estimated: false,
  },
  usage_estimated: false,
  timings_ms: { total: 1500, first_token: 0.25 },
};

const json = (value: object) => JSON.parse(JSON.stringify(value));
const body = json(encodeChatResponse(RESPONSE, { created: 17, model: 'auto' }));

test('a unary answer, with what Switchyard adds', () => {
  expect(body).toMatchObject({
    id: 'chatcmpl-r1',
    object: 'chat.completion',
    created: 17,
    model: 'auto',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        logprobs: null,
        message: {
          role: 'assistant',
          content: 'Let me see.',
          refusal: null,
          reasoning_content: 'Hm.',
          reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', signature: 'anthropic-messages:s' }],
          tool_calls: [
            {
              id: 'c1',
              type: 'function',
              function: { name: 'f', arguments: '{"a":1}' },
              extra_content: { google: { thought_signature: 'gemini:t' } },
            },
          ],
        },
      },
    ],
    usage: {
      prompt_tokens: 20,
      completion_tokens: 5,
      total_tokens: 25,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  });
  expect(body.switchyard).toEqual(EXTENSION);
});

test('what we write, we read: as an answer, and echoed in the next request', () => {
  const decoded = openaiChat.decodeResponse(answer({ body }));
  expect(decoded).toMatchObject({ ok: true, value: { finishReason: FinishReason.TOOL_CALLS, usage: USAGE } });
  const next = decodeChatRequest({ model: 'auto', messages: [body.choices[0].message] });
  expect(next.ok && next.value.request.messages[0]?.parts).toMatchObject(PARTS);
});

test.each([
  ['a count that is unknown', { ...USAGE, outputTokens: undefined }],
  ['no usage', undefined],
])('%s gives no usage, never a zero', (_, usage) => {
  expect(json(encodeChatResponse({ ...RESPONSE, usage }, { created: 1, model: 'm' }))).not.toHaveProperty(
    'usage',
  );
});

test('a refusal and an empty answer', () => {
  const message = (parts: object[]) => {
    const response = {
      ...RESPONSE,
      message: { role: Role.ASSISTANT, parts: parts as never, name: '' },
      finishReason: FinishReason.REFUSAL,
    };
    return json(encodeChatResponse(response, { created: 1, model: 'm' })).choices[0];
  };
  expect(message([{ content: { $case: 'refusal', value: 'No.' } }])).toMatchObject({
    message: { content: null, refusal: 'No.' },
    finish_reason: 'stop',
  });
  expect(message([])).toMatchObject({ message: { content: '', refusal: null } });
});

const delta = ($case: string, value: unknown): StreamCompleteResponse => ({
  event: { $case: 'delta', value: { content: { $case, value } as never } },
});

const EVENTS: StreamCompleteResponse[] = [
  {
    event: {
      $case: 'started',
      value: { requestId: 'r1', route: ROUTE, usage: undefined, replayed: false, cache: undefined },
    },
  },
  delta('reasoning', 'H'),
  delta('reasoning', 'm.'),
  delta('reasoningSignature', 'anthropic-messages:s'),
  delta('text', 'Let me '),
  delta('text', 'see. 🦀'),
  delta('reasoningSignature', 'gemini:t'),
  delta('toolCallStart', { index: 0, id: 'c1', name: 'f' }),
  delta('toolCallArguments', { index: 0, delta: '{"a":1}' }),
  {
    event: {
      $case: 'finished',
      value: {
        finishReason: FinishReason.TOOL_CALLS,
        usage: USAGE,
        cost: COST,
        timings: { ...TIMINGS, overhead: undefined },
        providerModel: 'gpt-4o-mini-2024-07-18',
        continuedBy: [],
      },
    },
  },
];

function encodeStream(includeUsage: boolean): string {
  const encoder = createChatStreamEncoder({ id: 'chatcmpl-r1', created: 17, model: 'auto', includeUsage });
  return EVENTS.map((event) => encoder.encode(event)).join('');
}

const chunksOf = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => (event === 'data: [DONE]' ? '[DONE]' : JSON.parse(event.slice('data: '.length))));

test('a stream comes in OpenAI’s order: role, deltas, finish, usage, [DONE]', () => {
  const chunks = chunksOf(encodeStream(true));
  expect(chunks.map((chunk) => chunk.choices?.[0]?.delta ?? chunk.usage ?? chunk)).toEqual([
    { role: 'assistant', content: '', refusal: null },
    { reasoning_content: 'H' },
    { reasoning_content: 'm.' },
    { reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', signature: 'anthropic-messages:s' }] },
    { content: 'Let me ' },
    { content: 'see. 🦀' },
    {
      tool_calls: [
        {
          index: 0,
          id: 'c1',
          type: 'function',
          function: { name: 'f', arguments: '' },
          extra_content: { google: { thought_signature: 'gemini:t' } },
        },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] },
    {},
    {
      prompt_tokens: 20,
      completion_tokens: 5,
      total_tokens: 25,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 2 },
    },
    '[DONE]',
  ]);
  const [first] = chunks;
  expect(first).toMatchObject({
    id: 'chatcmpl-r1',
    object: 'chat.completion.chunk',
    created: 17,
    model: 'auto',
    usage: null,
  });
  const finish = chunks.at(-3);
  expect(finish.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'tool_calls' }]);
  expect(finish.switchyard).toEqual(EXTENSION);
  expect(chunks.at(-2).choices).toEqual([]);
});

test('without include_usage no chunk speaks of usage', () => {
  const text = encodeStream(false);
  expect(chunksOf(text).filter((chunk) => typeof chunk === 'object' && 'usage' in chunk)).toEqual([]);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('our own decoder reads our stream', () => {
  const events = decodeStream(
    openaiChat.createStreamDecoder({ wallNowMs: 0 }),
    Buffer.from(encodeStream(true)),
  );
  expect(events.at(-1)).toMatchObject({
    kind: 'finish',
    finishReason: FinishReason.TOOL_CALLS,
    usage: USAGE,
  });
  expect(messageOf(events).parts.map((part) => part.content)).toMatchObject([
    { $case: 'reasoning', value: { text: 'Hm.' } },
    { $case: 'text', value: 'Let me see. 🦀' },
    { $case: 'toolCall', value: { id: 'c1', argumentsJson: '{"a":1}' } },
  ]);
});

test('a failure in mid-stream is an error event without [DONE]', () => {
  const encoder = createChatStreamEncoder({ id: 'i', created: 1, model: 'm', includeUsage: true });
  const error = new ServiceError({
    reason: 'BROKEN_STREAM',
    code: 'UNAVAILABLE',
    publicMessage: 'The stream broke.',
  });
  const text = encoder.encode(EVENTS[0] as StreamCompleteResponse) + encoder.encodeError(error);
  const events = decodeStream(openaiChat.createStreamDecoder({ wallNowMs: 0 }), Buffer.from(text));
  expect(summary(events)).toEqual(['error server_error']);
  expect(text).not.toContain('[DONE]');
});

test.each<[StatusCode, number, string]>([
  ['INVALID_ARGUMENT', 400, 'invalid_request_error'],
  ['UNIMPLEMENTED', 400, 'invalid_request_error'],
  ['UNAUTHENTICATED', 401, 'authentication_error'],
  ['PERMISSION_DENIED', 403, 'permission_error'],
  ['NOT_FOUND', 404, 'invalid_request_error'],
  ['RESOURCE_EXHAUSTED', 429, 'rate_limit_error'],
  ['INTERNAL', 500, 'server_error'],
  ['UNAVAILABLE', 503, 'server_error'],
  ['DEADLINE_EXCEEDED', 504, 'timeout_error'],
])('%s is HTTP %d, %s', (code, status, type) => {
  const error = encodeChatError(new ServiceError({ reason: 'SOME_REASON', code, publicMessage: 'Text.' }));
  expect(error.status).toBe(status);
  expect(error.body.error).toEqual({
    message: 'Text.',
    type,
    param: null,
    code: code === 'UNAUTHENTICATED' ? 'invalid_api_key' : 'some_reason',
  });
});

test('a budget that is used up is what OpenAI calls insufficient quota, and is not tried again', () => {
  const init = { reason: 'BUDGET_EXCEEDED', code: 'RESOURCE_EXHAUSTED', publicMessage: 'Spent.' } as const;
  expect(encodeChatError(new ServiceError(init))).toMatchObject({
    status: 429,
    headers: { 'x-should-retry': 'false' },
    body: { error: { message: 'Spent.', type: 'insufficient_quota', code: 'insufficient_quota' } },
  });
});

test('an error names the field, and says when to try again', () => {
  const init = {
    reason: 'X',
    publicMessage: 'x',
    violations: [{ field: 'messages[0].role', description: 'd' }],
  };
  const invalid = encodeChatError(new ServiceError({ ...init, code: 'INVALID_ARGUMENT' }));
  expect(invalid.body.error.param).toBe('messages[0].role');
  expect(invalid.headers).toEqual({});
  const later = encodeChatError(
    new ServiceError({ ...init, code: 'UNAVAILABLE', retryable: true, retryAfterMs: 1500 }),
  );
  expect(later.headers).toEqual({ 'retry-after': '2', 'retry-after-ms': '1500' });
  const never = encodeChatError(new ServiceError({ ...init, code: 'RESOURCE_EXHAUSTED' }));
  expect(never.headers).toEqual({ 'x-should-retry': 'false' });
});
