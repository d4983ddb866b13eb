import {
  CompleteResponse,
  FinishReason,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { ServiceError, type StatusCode } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { anthropicMessages } from '../../formats/anthropic-messages/anthropic-messages.ts';
import { answer, decodeStream, messageOf, summary } from '../../formats/testing/fixtures.ts';
import { decodeMessagesRequest } from './decode-request.ts';
import { encodeMessagesError } from './encode-error.ts';
import { encodeMessagesResponse } from './encode-response.ts';
import { createMessagesStreamEncoder } from './stream-encoder.ts';

const decoded = decodeMessagesRequest({
  model: 'm',
  max_tokens: 5,
  messages: [{ role: 'user', content: 'Hi' }],
});
if (!decoded.ok) throw new Error('not decoded');
const HEAD = { asked: decoded.value, createdAtMs: 1_000, requestId: 'r1' };

const USAGE = {
  inputTokens: 20,
  cacheReadTokens: 8,
  cacheWriteTokens: 5,
  cacheWrite1hTokens: 2,
  outputTokens: 7,
  reasoningTokens: 2,
  estimated: false,
};
const PARTS = [
  { content: { $case: 'reasoning', value: { text: 'Hm.', signature: 'anthropic-messages:s' } } },
  { content: { $case: 'reasoning', value: { redactedData: 'anthropic-messages:d' } } },
  { content: { $case: 'text', value: 'Let me see.' } },
  { content: { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{"a":1}' } } },
] as const;

const RESPONSE = CompleteResponse.fromPartial({
  requestId: 'r1',
  message: { role: Role.ASSISTANT, parts: PARTS as never },
  finishReason: FinishReason.TOOL_CALLS,
  usage: USAGE,
});

test('an answer in one piece is a message, with usage as Anthropic counts it', () => {
  expect(encodeMessagesResponse(RESPONSE, HEAD)).toMatchObject({
    id: 'msg_r1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 'anthropic-messages:s' },
      { type: 'redacted_thinking', data: 'anthropic-messages:d' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: {
      input_tokens: 7,
      cache_read_input_tokens: 8,
      cache_creation_input_tokens: 5,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 2 },
      output_tokens: 7,
      output_tokens_details: { thinking_tokens: 2 },
    },
    switchyard: { request_id: 'r1' },
  });
});

test('what this surface says, the format of the same name reads back', () => {
  const body = encodeMessagesResponse(RESPONSE, HEAD);
  const read = anthropicMessages.decodeResponse(answer({ body }));
  if (!read.ok) throw new Error('not read');
  expect(read.value.finishReason).toBe(FinishReason.TOOL_CALLS);
  expect(read.value.usage).toMatchObject(USAGE);
  expect(read.value.message.parts).toHaveLength(4);
});

test('unknown usage is null, never 0', () => {
  const { usage } = encodeMessagesResponse({ ...RESPONSE, usage: undefined }, HEAD) as { usage: object };
  expect(usage).toMatchObject({ input_tokens: null, output_tokens: null, cache_read_input_tokens: null });
});

test.each([
  [FinishReason.STOP, 'end_turn'],
  [FinishReason.LENGTH, 'max_tokens'],
  [FinishReason.TOOL_CALLS, 'tool_use'],
  [FinishReason.REFUSAL, 'refusal'],
  [FinishReason.CONTENT_FILTER, 'refusal'],
])('finish reason %s is %s', (finishReason, expected) => {
  expect(encodeMessagesResponse({ ...RESPONSE, finishReason }, HEAD)).toMatchObject({
    stop_reason: expected,
  });
});

test('a refusal tells its words in stop_details', () => {
  const message = { role: Role.ASSISTANT, parts: [{ content: { $case: 'refusal', value: 'Not this.' } }] };
  const refused = CompleteResponse.fromPartial({
    message: message as never,
    finishReason: FinishReason.REFUSAL,
  });
  expect(encodeMessagesResponse(refused, HEAD)).toMatchObject({
    content: [],
    stop_details: { type: 'refusal', explanation: 'Not this.' },
  });
});

const delta = (content: object): StreamCompleteResponse => ({
  event: { $case: 'delta', value: { content: content as never } },
});
const STARTED: StreamCompleteResponse = {
  event: {
    $case: 'started',
    value: {
      requestId: 'r1',
      route: undefined,
      usage: { inputTokens: 20, estimated: true },
      replayed: false,
      cache: undefined,
    },
  },
};
const finished = (finishReason: FinishReason): StreamCompleteResponse => ({
  event: {
    $case: 'finished',
    value: {
      finishReason,
      usage: USAGE,
      cost: undefined,
      timings: undefined,
      providerModel: 'm-1',
      continuedBy: [],
    },
  },
});

const DELTAS = [
  delta({ $case: 'reasoning', value: 'H' }),
  delta({ $case: 'reasoning', value: 'm.' }),
  delta({ $case: 'reasoningSignature', value: 'anthropic-messages:s' }),
  delta({ $case: 'redactedReasoning', value: 'anthropic-messages:d' }),
  delta({ $case: 'text', value: 'Let me ' }),
  delta({ $case: 'text', value: 'see. 🦀' }),
  delta({ $case: 'toolCallStart', value: { index: 0, id: 'c1', name: 'f' } }),
  delta({ $case: 'toolCallArguments', value: { index: 0, delta: '{"a"' } }),
  delta({ $case: 'toolCallStart', value: { index: 1, id: 'c2', name: 'g' } }),
  delta({ $case: 'toolCallArguments', value: { index: 1, delta: '{"b"' } }),
  delta({ $case: 'toolCallArguments', value: { index: 0, delta: ':1}' } }),
  delta({ $case: 'toolCallArguments', value: { index: 1, delta: ':2}' } }),
];

const streamed = (events: readonly StreamCompleteResponse[]): string => {
  const encoder = createMessagesStreamEncoder(HEAD);
  return events.map((event) => encoder.encode(event)).join('');
};
const WHOLE = streamed([STARTED, ...DELTAS, finished(FinishReason.TOOL_CALLS)]);

test('the events come in Anthropic’s order, each block closed before the next, named as their type', () => {
  const events = WHOLE.trim()
    .split('\n\n')
    .map((event) => event.split('\n'));
  const types = events.map(([name = '', data = '']) => {
    const { type, index } = JSON.parse(data.slice('data: '.length));
    expect(name).toBe(`event: ${type}`);
    return index === undefined ? type : `${type} ${index}`;
  });
  expect(types).toEqual([
    'message_start',
    'content_block_start 0',
    'content_block_delta 0',
    'content_block_delta 0',
    'content_block_delta 0',
    'content_block_stop 0',
    'content_block_start 1',
    'content_block_stop 1',
    'content_block_start 2',
    'content_block_delta 2',
    'content_block_delta 2',
    'content_block_stop 2',
    'content_block_start 3',
    'content_block_delta 3',
    'content_block_delta 3',
    'content_block_stop 3',
    'content_block_start 4',
    'content_block_delta 4',
    'content_block_stop 4',
    'message_delta',
    'message_stop',
  ]);
});

test('a stream of this surface, read by the format of the same name, is the same answer', () => {
  const events = decodeStream(anthropicMessages.createStreamDecoder({ wallNowMs: 0 }), Buffer.from(WHOLE));
  expect(messageOf(events).parts.map(({ content }) => content)).toMatchObject([
    { $case: 'reasoning', value: { text: 'Hm.' } },
    { $case: 'reasoning', value: { redactedData: 'anthropic-messages:anthropic-messages:d' } },
    { $case: 'text', value: 'Let me see. 🦀' },
    { $case: 'toolCall', value: { id: 'c1', argumentsJson: '{"a":1}' } },
    { $case: 'toolCall', value: { id: 'c2', argumentsJson: '{"b":2}' } },
  ]);
  expect(events.at(-1)).toMatchObject({ finishReason: FinishReason.TOOL_CALLS, usage: USAGE });
});

test('the start tells the input as it is expected, the end what counts', () => {
  const [start = ''] = WHOLE.split('\n\n');
  expect(JSON.parse(start.split('\ndata: ')[1] ?? '')).toMatchObject({
    message: { id: 'msg_r1', usage: { input_tokens: 20, output_tokens: 0 } },
  });
});

test('an empty answer is a whole message', () => {
  const text = streamed([STARTED, finished(FinishReason.STOP)]);
  const events = decodeStream(anthropicMessages.createStreamDecoder({ wallNowMs: 0 }), Buffer.from(text));
  expect(summary(events)).toEqual(['usage', 'usage', 'finish']);
});

test('a failure in mid-stream is an error event, and the stream has no end', () => {
  const encoder = createMessagesStreamEncoder(HEAD);
  const error = new ServiceError({ reason: 'BROKEN', code: 'UNAVAILABLE', publicMessage: 'It broke.' });
  const text = encoder.encode(STARTED) + encoder.encodeError(error);
  const events = decodeStream(anthropicMessages.createStreamDecoder({ wallNowMs: 0 }), Buffer.from(text));
  expect(summary(events)).toEqual(['usage', 'error overloaded']);
  expect(text).not.toContain('message_stop');
});

test.each<[StatusCode, number, string]>([
  ['INVALID_ARGUMENT', 400, 'invalid_request_error'],
  ['UNIMPLEMENTED', 400, 'invalid_request_error'],
  ['UNAUTHENTICATED', 401, 'authentication_error'],
  ['PERMISSION_DENIED', 403, 'permission_error'],
  ['NOT_FOUND', 404, 'not_found_error'],
  ['RESOURCE_EXHAUSTED', 429, 'rate_limit_error'],
  ['INTERNAL', 500, 'api_error'],
  ['UNAVAILABLE', 529, 'overloaded_error'],
  ['DEADLINE_EXCEEDED', 504, 'timeout_error'],
])('%s is HTTP %d, %s', (code, status, type) => {
  const violations = [{ field: 'max_tokens', description: 'd' }];
  const error = new ServiceError({ reason: 'SOME_REASON', code, publicMessage: 'Text.', violations });
  expect(encodeMessagesError(error)).toMatchObject({
    status,
    body: {
      type: 'error',
      error: { type, message: 'Text.' },
      switchyard: { reason: 'SOME_REASON', fields: violations },
    },
  });
});
