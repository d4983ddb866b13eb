import {
  CompleteResponse,
  FinishReason,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { decodeResponsesRequest } from './decode-request.ts';
import { encodeResponsesResponse } from './encode-response.ts';
import { createResponsesStreamEncoder } from './stream-encoder.ts';

const HELLO = { model: 'm', input: 'Hi' };

function decoded(body: unknown) {
  const result = decodeResponsesRequest(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
function wrong(body: unknown): string[] {
  const result = decodeResponsesRequest(body);
  return result.ok ? [] : result.error.map(({ field }) => field);
}

test('items become messages: what the model said in a row is one turn, each knows where it stood', () => {
  const { request, places } = decoded({
    model: 'm',
    instructions: 'Be brief.',
    input: [
      { role: 'developer', content: 'Metric.' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What?' },
          { type: 'input_image', image_url: 'data:image/png;base64,AQID', detail: 'low' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AQID', filename: 'a.pdf' },
        ],
      },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm.' }],
        encrypted_content: 'sig.anthropic-messages:s',
      },
      { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'openai-responses:e' },
      { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}', status: 'completed' },
      { type: 'function_call', call_id: 'c2', name: 'g', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'So.', annotations: [] }],
      },
    ],
  });
  expect(request.messages.map(({ role }) => role)).toEqual([
    Role.SYSTEM,
    Role.DEVELOPER,
    Role.USER,
    Role.ASSISTANT,
    Role.TOOL,
    Role.TOOL,
    Role.ASSISTANT,
  ]);
  expect(request.messages[3]?.parts.map(({ content }) => content)).toEqual([
    { $case: 'reasoning', value: { text: 'Hm.', signature: 'anthropic-messages:s', redactedData: '' } },
    { $case: 'reasoning', value: { text: '', signature: '', redactedData: 'openai-responses:e' } },
    { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{}' } },
    { $case: 'toolCall', value: { id: 'c2', name: 'g', argumentsJson: '{}' } },
  ]);
  expect(places).toEqual([
    'instructions',
    'input[0]',
    'input[1]',
    'input[2]',
    'input[6]',
    'input[7]',
    'input[8]',
  ]);
});

test('unknown fields of the body pass through to a provider of the same format', () => {
  const { request } = decoded({ ...HELLO, service_tier: 'flex', metadata: { a: 'b' } });
  expect(request.passthroughFormat).toBe('openai-responses');
  expect(JSON.parse(request.passthroughJson)).toEqual({ service_tier: 'flex', metadata: { a: 'b' } });
});

test.each<[string, unknown]>([
  ['model', { input: 'x' }],
  ['input', { model: 'm' }],
  ['store', { ...HELLO, store: true }],
  ['previous_response_id', { ...HELLO, previous_response_id: 'resp_1' }],
  ['conversation', { ...HELLO, conversation: 'c' }],
  ['background', { ...HELLO, background: true }],
  ['prompt', { ...HELLO, prompt: { id: 'p' } }],
  ['truncation', { ...HELLO, truncation: 'auto' }],
  ['top_logprobs', { ...HELLO, top_logprobs: 2 }],
  ['include', { ...HELLO, include: ['message.output_text.logprobs'] }],
  ['input[0].type', { model: 'm', input: [{ type: 'item_reference', id: 'x' }] }],
  ['input[0].type', { model: 'm', input: [{ type: 'web_search_call', id: 'x' }] }],
  ['input[0].content[0].type', { model: 'm', input: [{ role: 'user', content: [{ type: 'input_video' }] }] }],
  ['tools[0].type', { ...HELLO, tools: [{ type: 'web_search' }] }],
  ['tool_choice.type', { ...HELLO, tool_choice: { type: 'file_search' } }],
  ['text.verbosity', { ...HELLO, text: { verbosity: 'low' } }],
  ['text.format.schema', { ...HELLO, text: { format: { type: 'json_schema', name: 'n' } } }],
  ['reasoning.effort', { ...HELLO, reasoning: { effort: 'huge' } }],
  [
    'stream_options.include_obfuscation',
    { ...HELLO, stream: true, stream_options: { include_obfuscation: true } },
  ],
])('refused by name: %s', (field, body) => {
  expect(wrong(body)).toEqual([field]);
});

test.each<[string, object]>([
  ['what is not kept', { store: false }],
  ['encrypted reasoning', { include: ['reasoning.encrypted_content'] }],
  ['defaults', { truncation: 'disabled', background: false, text: { verbosity: 'medium' } }],
])('what changes nothing is taken: %s', (_, fields) => {
  expect(wrong({ ...HELLO, ...fields })).toEqual([]);
});

const HEAD = { asked: decoded({ ...HELLO, temperature: 0.5 }), createdAtMs: 5_000, requestId: 'r' };
const USAGE = { inputTokens: 20, cacheReadTokens: 8, outputTokens: 7, reasoningTokens: 2, estimated: false };

test('an answer in one piece is a response with its items', () => {
  const response = CompleteResponse.fromPartial({
    requestId: 'r',
    message: {
      role: Role.ASSISTANT,
      parts: [
        { content: { $case: 'reasoning', value: { text: 'Hm.', signature: 'gemini:s' } } },
        { content: { $case: 'text', value: 'One.' } },
        { content: { $case: 'refusal', value: 'No.' } },
        { content: { $case: 'toolCall', value: { id: 'c', name: 'f', argumentsJson: '{}' } } },
      ] as never,
    },
    finishReason: FinishReason.LENGTH,
    usage: USAGE,
  });
  expect(encodeResponsesResponse(response, HEAD)).toMatchObject({
    id: 'resp_r',
    object: 'response',
    created_at: 5,
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    model: 'm',
    temperature: 0.5,
    store: false,
    output: [
      { type: 'reasoning', summary: [{ text: 'Hm.' }], encrypted_content: 'sig.gemini:s' },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'One.', annotations: [] },
          { type: 'refusal', refusal: 'No.' },
        ],
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ],
    usage: {
      input_tokens: 20,
      input_tokens_details: { cached_tokens: 8 },
      output_tokens: 7,
      total_tokens: 27,
    },
  });
});

const delta = (content: object): StreamCompleteResponse => ({
  event: { $case: 'delta', value: { content: content as never } },
});
const STARTED: StreamCompleteResponse = {
  event: {
    $case: 'started',
    value: { requestId: 'r', route: undefined, usage: undefined, replayed: false, cache: undefined },
  },
};
const FINISHED: StreamCompleteResponse = {
  event: {
    $case: 'finished',
    value: {
      finishReason: FinishReason.TOOL_CALLS,
      usage: USAGE,
      cost: undefined,
      timings: undefined,
      providerModel: '',
      continuedBy: [],
    },
  },
};
const eventsOf = (text: string) =>
  text
    .trim()
    .split('\n\n')
    .map((event) => JSON.parse(event.split('\ndata: ')[1] ?? ''));

const STREAM = [
  STARTED,
  delta({ $case: 'reasoning', value: 'Hm.' }),
  delta({ $case: 'reasoningSignature', value: 's' }),
  delta({ $case: 'text', value: 'One' }),
  delta({ $case: 'text', value: '.' }),
  delta({ $case: 'toolCallStart', value: { index: 0, id: 'c1', name: 'f' } }),
  delta({ $case: 'toolCallStart', value: { index: 1, id: 'c2', name: 'g' } }),
  delta({ $case: 'toolCallArguments', value: { index: 0, delta: '{}' } }),
  delta({ $case: 'toolCallArguments', value: { index: 1, delta: '[]' } }),
  FINISHED,
];

test('the events come in OpenAI’s order, numbered, and the last holds the whole response', () => {
  const encoder = createResponsesStreamEncoder(HEAD);
  const events = eventsOf(STREAM.map((event) => encoder.encode(event)).join(''));
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
  expect(
    events.map(({ type, output_index }) => `${type.slice('response.'.length)} ${output_index ?? ''}`.trim()),
  ).toEqual([
    'created',
    'in_progress',
    'output_item.added 0',
    'reasoning_summary_part.added 0',
    'reasoning_summary_text.delta 0',
    'reasoning_summary_text.done 0',
    'reasoning_summary_part.done 0',
    'output_item.done 0',
    'output_item.added 1',
    'content_part.added 1',
    'output_text.delta 1',
    'output_text.delta 1',
    'output_text.done 1',
    'content_part.done 1',
    'output_item.done 1',
    'output_item.added 2',
    'output_item.added 3',
    'function_call_arguments.delta 2',
    'function_call_arguments.delta 3',
    'function_call_arguments.done 2',
    'output_item.done 2',
    'function_call_arguments.done 3',
    'output_item.done 3',
    'completed',
  ]);
  expect(events.at(-1).response).toMatchObject({
    status: 'completed',
    output: [
      { type: 'reasoning', encrypted_content: 'sig.s' },
      { type: 'message', status: 'completed', content: [{ text: 'One.' }] },
      { call_id: 'c1', arguments: '{}' },
      { call_id: 'c2', arguments: '[]' },
    ],
    usage: { total_tokens: 27 },
  });
});

test('a failure in mid-stream is an error event, then the failed response', () => {
  const encoder = createResponsesStreamEncoder(HEAD);
  const begun = STREAM.slice(0, 4).map((event) => encoder.encode(event));
  const error = new ServiceError({ reason: 'BROKEN', code: 'UNAVAILABLE', publicMessage: 'It broke.' });
  const events = eventsOf([...begun, encoder.encodeError(error)].join(''));
  expect(events.slice(-2)).toMatchObject([
    { type: 'error', code: 'broken', message: 'It broke.' },
    { type: 'response.failed', response: { status: 'failed', error: { code: 'broken' } } },
  ]);
});
