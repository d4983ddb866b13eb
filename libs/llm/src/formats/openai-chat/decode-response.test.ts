import { FinishReason } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { decodeChatUsage } from './decode-usage.ts';
import { openaiChat } from './openai-chat.ts';

const fixtures = fixturesOf('openai-chat');
const decode = (body: unknown, status = 200) => openaiChat.decodeResponse(answer({ body, status }));

function decoded(body: unknown) {
  const result = decode(body);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

/** The documented answer with another message or finish reason. */
function altered(message: object, finishReason: unknown = 'stop') {
  const body = fixtures.json('text.json');
  return { ...body, choices: [{ index: 0, message, finish_reason: finishReason }] };
}

test('a text answer', () => {
  const { message, finishReason, usage, providerModel } = decoded(fixtures.json('text.json'));
  expect(message.parts.map((part) => part.content)).toEqual([
    { $case: 'text', value: 'Hello! How can I assist you today?' },
  ]);
  expect({ finishReason, providerModel }).toEqual({
    finishReason: FinishReason.STOP,
    providerModel: 'gpt-5.4',
  });
  expect(usage).toMatchObject({ inputTokens: 19, outputTokens: 10, cacheReadTokens: 0, reasoningTokens: 0 });
});

test('a tool call', () => {
  const { message, finishReason, usage } = decoded(fixtures.json('tool-call.json'));
  expect(message.parts.map((part) => part.content)).toEqual([
    {
      $case: 'toolCall',
      value: {
        id: 'call_abc123',
        name: 'get_current_weather',
        argumentsJson: '{\n"location": "Boston, MA"\n}',
      },
    },
  ]);
  expect(finishReason).toBe(FinishReason.TOOL_CALLS);
  expect(usage).toMatchObject({ inputTokens: 82, outputTokens: 17, cacheReadTokens: undefined });
});

test.each([
  ['reasoning_content', { content: 'Grok', reasoning_content: 'One word.' }],
  ['reasoning', { content: 'Grok', reasoning: 'One word.' }],
  [
    'thinking chunks (Mistral)',
    {
      content: [
        {
          type: 'thinking',
          thinking: [
            { type: 'text', text: 'One ' },
            { type: 'text', text: 'word.' },
          ],
        },
        { type: 'text', text: 'Grok' },
      ],
    },
  ],
])('readable reasoning comes before the text: %s', (_, message) => {
  expect(decoded(altered(message)).message.parts.map((part) => part.content)).toEqual([
    { $case: 'reasoning', value: { text: 'One word.', signature: '', redactedData: '' } },
    { $case: 'text', value: 'Grok' },
  ]);
});

test.each([
  ['a refusal', altered({ content: null, refusal: 'I cannot.' }), FinishReason.REFUSAL],
  [
    'tool calls that end with "stop"',
    { ...altered(fixtures.json('tool-call.json').choices[0].message) },
    FinishReason.TOOL_CALLS,
  ],
  ['nothing but thought', altered({ content: '' }, 'length'), FinishReason.LENGTH],
  ['a filter', altered({ content: 'half' }, 'content_filter'), FinishReason.CONTENT_FILTER],
  ['a reason that is not known', altered({ content: 'x' }, 'tired'), FinishReason.UNSPECIFIED],
])('finish reason of %s', (_, body, expected) => {
  expect(decoded(body).finishReason).toBe(expected);
});

const usages: { name: string; wire: Record<string, unknown>; usage: object }[] = fixtures.json('usage.json');

test.each(usages.map((entry) => [entry.name, entry] as const))('usage: %s', (_, { wire, usage }) => {
  const known = Object.entries(decodeChatUsage(wire)).filter(([, count]) => count !== undefined);
  expect(Object.fromEntries(known)).toEqual({ ...usage, estimated: false });
});

test.each([
  ['no usage', { ...fixtures.json('text.json'), usage: undefined }],
  ['usage that is null', { ...fixtures.json('text.json'), usage: null }],
])('%s stays unknown', (_, body) => {
  expect(decoded(body).usage).toBeUndefined();
});

const whole = fixtures.bytes('text.json');

test.each([
  ['truncated JSON', whole.subarray(0, whole.length - 3)],
  ['an empty body', ''],
  ['an array', '[]'],
  ['no choices', { ...fixtures.json('text.json'), choices: [] }],
  ['no message', { choices: [{ finish_reason: 'stop' }] }],
  ['no finish reason', altered({ content: 'x' }, null)],
  ['a message without content', altered({ role: 'assistant' })],
  ['a tool call without id', altered({ tool_calls: [{ function: { name: 'f', arguments: '{}' } }] })],
  ['a tool call without arguments', altered({ tool_calls: [{ id: '1', function: { name: 'f' } }] })],
])('%s is an invalid_response, never success', (_, body) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'invalid_response', retryable: true } });
});

test('JSON of another content type is an invalid_response', () => {
  const page = answer({ body: whole, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect(openaiChat.decodeResponse(page)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
  const charset = answer({ body: whole, headers: { 'content-type': 'Application/JSON; charset=utf-8' } });
  expect(openaiChat.decodeResponse(charset).ok).toBe(true);
});

test.each([
  ['an error object', { error: { code: 502, message: 'Provider returned error' } }, 'server_error'],
  [
    'a failed finish reason (DeepSeek)',
    altered({ content: 'x' }, 'insufficient_system_resource'),
    'overloaded',
  ],
  ['a failed finish reason (OpenRouter)', altered({ content: 'x' }, 'error'), 'server_error'],
])('a failure inside status 200 is a failure: %s', (_, body, expected) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: expected } });
});
