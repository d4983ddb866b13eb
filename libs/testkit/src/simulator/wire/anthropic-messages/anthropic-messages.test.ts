import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../simulator.ts';
import { startSimulator } from '../../start-simulator.ts';
import { collect, eventData, exchange } from '../../testing/raw-exchange.ts';

let simulator: Simulator;
let client: Anthropic;
let baseUrl: string;

beforeAll(async () => {
  simulator = await startSimulator();
  baseUrl = simulator.providers['sim-anthropic']?.baseUrl as string;
  client = new Anthropic({ apiKey: 'test-key', baseURL: baseUrl, maxRetries: 0 });
});
afterAll(() => simulator.close());

const model = 'simulated-large';
const max_tokens = 4_000;
const hello: Anthropic.MessageParam[] = [{ role: 'user', content: 'hello' }];
const weather: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
const clock: Anthropic.Tool = { name: 'get_time', input_schema: { type: 'object' } };

describe('the official anthropic package', () => {
  test('gets a unary answer whose usage follows the documented tokenisation', async () => {
    const answer = await client.messages.create({ model, max_tokens, messages: hello });
    expect(answer.content).toHaveLength(1);
    expect(answer.content[0]).toMatchObject({
      type: 'text',
      text: expect.stringMatching(/^Simulated answer:/),
    });
    expect(answer.stop_reason).toBe('end_turn');
    expect(answer.usage).toMatchObject({ input_tokens: 5, output_tokens: 48 });
    expect(answer._request_id).toMatch(/^req_/);
  });

  test('gets the same message as a stream', async () => {
    const unary = await client.messages.create({ model, max_tokens, messages: hello });
    const streamed = await client.messages.stream({ model, max_tokens, messages: hello }).finalMessage();
    expect(streamed.content).toEqual(unary.content);
    expect(streamed.stop_reason).toBe(unary.stop_reason);
    expect(streamed.usage.input_tokens).toBe(unary.usage.input_tokens);
    expect(streamed.usage.output_tokens).toBe(unary.usage.output_tokens);
  });

  test('calls a tool, and answers with text after its result', async () => {
    const ask: Anthropic.MessageParam = { role: 'user', content: 'call the tool' };
    const tools = [weather, clock];
    const asked = await client.messages.create({ model, max_tokens, messages: [ask], tools });
    const use = asked.content[0] as Anthropic.ToolUseBlock;
    expect(asked.stop_reason).toBe('tool_use');
    expect(asked.content).toHaveLength(1);
    expect(use).toMatchObject({ type: 'tool_use', name: 'get_weather', input: { city: 'simulated' } });
    const answered = await client.messages.create({
      model,
      max_tokens,
      tools,
      messages: [
        ask,
        { role: 'assistant', content: asked.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'sunny' }] },
      ],
    });
    expect(answered.content[0]).toMatchObject({ type: 'text' });
  });

  test('streams parallel tool calls whose JSON pieces add up', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'call the tools' }];
    const tools = [weather, clock];
    const message = await client.messages.stream({ model, max_tokens, messages, tools }).finalMessage();
    expect(message.content).toMatchObject([
      { type: 'tool_use', name: 'get_weather', input: { city: 'simulated' } },
      { type: 'tool_use', name: 'get_time', input: {} },
    ]);
    const single = await client.messages.create({
      model,
      max_tokens,
      messages,
      tools,
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
    expect(single.content).toHaveLength(1);
  });

  test('thinks when asked to, and takes its signed thoughts back', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1_024 } as const;
    const messages = [...hello];
    const streamed = await client.messages.stream({ model, max_tokens, messages, thinking }).finalMessage();
    const [thought, text] = streamed.content;
    expect(thought).toMatchObject({
      type: 'thinking',
      thinking: expect.stringMatching(/^Simulated reasoning:/),
    });
    expect((thought as Anthropic.ThinkingBlock).signature).not.toBe('');
    expect(text).toMatchObject({ type: 'text' });
    expect(streamed.usage.output_tokens).toBe(128 + 48);
    expect(streamed.usage.output_tokens_details?.thinking_tokens).toBe(128);

    messages.push({ role: 'assistant', content: streamed.content }, { role: 'user', content: 'more' });
    const next = await client.messages.create({ model, max_tokens, messages, thinking });
    expect(next.content[0]?.type).toBe('thinking');
    const forged = { type: 'thinking', thinking: 'mine', signature: 'AAAA' } as const;
    const foreign: Anthropic.MessageParam[] = [
      ...hello,
      { role: 'assistant', content: [forged, { type: 'text', text: 'so' }] },
      ...hello,
    ];
    await expect(client.messages.create({ model, max_tokens, messages: foreign, thinking })).rejects.toThrow(
      /Invalid `signature`/,
    );
  });

  test('omits the thoughts but not their signature when told so', async () => {
    const message = await client.messages
      .stream({
        model,
        max_tokens,
        messages: hello,
        thinking: { type: 'adaptive', display: 'omitted' },
      })
      .finalMessage();
    expect(message.content[0]).toMatchObject({ type: 'thinking', thinking: '' });
    expect(message.usage.output_tokens_details?.thinking_tokens).toBe(128);
  });

  test('writes to the cache up to a mark and reads from it the next time', async () => {
    const ask = (content: string) =>
      client.messages.create({
        model,
        max_tokens,
        system: [
          { type: 'text', text: `short-lived ${'x'.repeat(6_000)}`, cache_control: { type: 'ephemeral' } },
          {
            type: 'text',
            text: `long-lived ${'y'.repeat(3_989)}`,
            cache_control: { type: 'ephemeral', ttl: '1h' },
          },
        ],
        messages: [{ role: 'user', content }],
      });
    // 3 + ceil(6,012 / 4) = 1,506 up to the first mark, 4,000 / 4 = 1,000 more to the second; 3 + 1 after it.
    expect((await ask('one')).usage).toMatchObject({
      input_tokens: 4,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 2_506,
      cache_creation: { ephemeral_5m_input_tokens: 1_506, ephemeral_1h_input_tokens: 1_000 },
    });
    expect((await ask('two')).usage).toMatchObject({
      input_tokens: 4,
      cache_read_input_tokens: 2_506,
      cache_creation_input_tokens: 0,
    });
  });

  test('caches nothing without a mark', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'z'.repeat(8_000) }];
    await client.messages.create({ model, max_tokens, messages });
    const again = await client.messages.create({ model, max_tokens, messages });
    expect(again.usage).toMatchObject({ input_tokens: 2_003, cache_read_input_tokens: 0 });
  });

  test('says which stop sequence it met, and when it ran out of tokens', async () => {
    const stopped = await client.messages.create({
      model,
      max_tokens,
      messages: hello,
      stop_sequences: ['answer'],
    });
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'answer' });
    const short = await client.messages.create({ model, max_tokens: 5, messages: hello });
    expect(short.stop_reason).toBe('max_tokens');
    expect(short.usage.output_tokens).toBe(5);
  });

  test('lists models', async () => {
    const models = await collect(client.models.list());
    expect(models.map(({ id }) => id)).toContain('simulated-reasoning');
  });

  test('throws its own error classes', async () => {
    const wrong = client.messages.create({ model: 'no-such', max_tokens, messages: hello });
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.NotFoundError);
    await expect(wrong).rejects.toMatchObject({
      status: 404,
      error: { type: 'error', error: { type: 'not_found_error', message: 'model: no-such' } },
    });
  });
});

describe('beside a recording', () => {
  const headers = {
    'content-type': 'application/json',
    'x-api-key': 'test-key',
    'anthropic-version': '2023-06-01',
  };

  // vercel/ai, packages/anthropic/src/__fixtures__/anthropic-clear-thinking.1.chunks.txt and
  // anthropic-code-execution-20260120-prompt-cache.1.chunks.txt (recorded 2026-07).
  test('events come in the recorded order with the recorded fields', async () => {
    const body = {
      model,
      max_tokens,
      messages: hello,
      stream: true,
      thinking: { type: 'enabled', budget_tokens: 1_024 },
    };
    const { headers: got, text } = await exchange(baseUrl, { path: '/v1/messages', headers, body });
    expect(got['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(got['request-id']).toMatch(/^req_/);
    expect(got['anthropic-ratelimit-input-tokens-reset']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const events = eventData(text) as { type: string; delta?: { type?: string } }[];
    const kinds = events.map(({ type, delta }) => delta?.type ?? type);
    expect(kinds.filter((kind, at) => kind !== kinds[at - 1])).toEqual([
      'message_start',
      'content_block_start',
      'ping',
      'thinking_delta',
      'signature_delta',
      'content_block_stop',
      'content_block_start',
      'text_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
    expect(names).toEqual(events.map(({ type }) => type));
    expect(events[0]).toMatchObject({
      message: { content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 1 } },
    });
    expect(events.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null },
      usage: {
        input_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 176,
        output_tokens_details: { thinking_tokens: 128 },
      },
    });
  });

  // vercel/ai, packages/anthropic/src/__fixtures__/anthropic-tool-no-args.chunks.txt: an empty piece comes first.
  test('a tool call begins with an empty input and an empty piece of JSON', async () => {
    const body = {
      model,
      max_tokens,
      stream: true,
      tools: [clock],
      messages: [{ role: 'user', content: 'call the tool' }],
    };
    const { text } = await exchange(baseUrl, { path: '/v1/messages', headers, body });
    const events = eventData(text) as { type: string }[];
    const start = events.findIndex(({ type }) => type === 'content_block_start');
    expect(events[start]).toMatchObject({ content_block: { type: 'tool_use', name: 'get_time', input: {} } });
    expect(events[start + 2]).toMatchObject({ delta: { type: 'input_json_delta', partial_json: '' } });
  });
});
