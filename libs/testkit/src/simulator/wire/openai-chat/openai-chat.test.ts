import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../simulator.ts';
import { startSimulator } from '../../start-simulator.ts';
import { collect, eventData, exchange } from '../../testing/raw-exchange.ts';

let simulator: Simulator;
let client: OpenAI;
let baseUrl: string;

beforeAll(async () => {
  simulator = await startSimulator();
  baseUrl = simulator.providers['sim-openai']?.baseUrl as string;
  client = new OpenAI({ apiKey: 'test-key', baseURL: `${baseUrl}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const model = 'simulated-large';
const hello = [{ role: 'user' as const, content: 'hello' }];
const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
    },
  },
};
const clock = { type: 'function' as const, function: { name: 'get_time', parameters: { type: 'object' } } };

describe('the official openai package', () => {
  test('gets a unary answer whose usage follows the documented tokenisation', async () => {
    const answer = await client.chat.completions.create({ model, messages: hello });
    const content = answer.choices[0]?.message.content as string;
    expect(content).toMatch(/^Simulated answer:/);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    // 3 for the message, 2 for the 5 bytes of "hello".
    expect(answer.usage?.prompt_tokens).toBe(5);
    expect(answer.usage?.completion_tokens).toBe(Math.ceil(Buffer.byteLength(content) / 4));
    expect(answer.usage?.total_tokens).toBe(5 + 48);
    expect(answer._request_id).toMatch(/^req_/);
  });

  test('gets the same text as a stream, with usage in the last chunk only', async () => {
    const unary = await client.chat.completions.create({ model, messages: hello });
    const stream = await client.chat.completions.create({
      model,
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    const usages = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usages.push(chunk.usage);
    }
    expect(text).toBe(unary.choices[0]?.message.content);
    expect(usages.at(-1)).toEqual(unary.usage);
    expect(usages.slice(0, -1).every((usage) => usage === null)).toBe(true);
  });

  test('calls a tool, and answers with text after its result', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'Please call the tool get_weather.' },
    ];
    const asked = await client.chat.completions.create({ model, messages, tools: [clock, weather] });
    const message = asked.choices[0]?.message as OpenAI.ChatCompletionMessage;
    const call = message.tool_calls?.[0] as OpenAI.ChatCompletionMessageFunctionToolCall;
    expect(asked.choices[0]?.finish_reason).toBe('tool_calls');
    expect(message.content).toBeNull();
    expect(message.tool_calls).toHaveLength(1);
    expect(call.function).toEqual({
      name: 'get_weather',
      arguments: '{"city":"simulated","unit":"celsius"}',
    });

    messages.push(message, { role: 'tool', tool_call_id: call.id, content: 'sunny' });
    const answered = await client.chat.completions.create({ model, messages, tools: [weather] });
    expect(answered.choices[0]?.message.content).toMatch(/^Simulated answer:/);
  });

  test('streams parallel tool calls whose pieces add up', async () => {
    const runner = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'call the tools' }],
      tools: [weather, clock],
    });
    const { choices } = await runner.finalChatCompletion();
    const calls = choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => 'function' in call && call.function.name)).toEqual([
      'get_weather',
      'get_time',
    ]);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
    expect(calls.every((call) => 'function' in call && JSON.parse(call.function.arguments))).toBeTruthy();
  });

  test('gets one call only when parallel calls are off, a forced one, and none when forbidden', async () => {
    const ask = (extra: object) =>
      client.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'call the tools' }],
        tools: [weather, clock],
        ...extra,
      });
    const single = await ask({ parallel_tool_calls: false });
    expect(single.choices[0]?.message.tool_calls).toHaveLength(1);
    const named = await ask({
      messages: hello,
      tool_choice: { type: 'function', function: { name: 'get_time' } },
    });
    expect(named.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_time' } });
    const none = await ask({ tool_choice: 'none' });
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
  });

  test('counts reasoning tokens inside the completion tokens', async () => {
    const answer = await client.chat.completions.create({
      model: 'simulated-reasoning',
      messages: hello,
      reasoning_effort: 'high',
    });
    expect(answer.usage?.completion_tokens_details?.reasoning_tokens).toBe(128);
    expect(answer.usage?.completion_tokens).toBe(128 + 48);
    const starved = await client.chat.completions.create({
      model: 'simulated-reasoning',
      messages: hello,
      max_completion_tokens: 10,
    });
    expect(starved.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } });
    expect(starved.usage?.completion_tokens_details?.reasoning_tokens).toBe(10);
  });

  test('sees cached tokens, in steps of 128, when a long beginning comes again', async () => {
    const system = { role: 'system' as const, content: `cache me ${'x'.repeat(8_000)}` };
    const ask = (content: string) =>
      client.chat.completions.create({ model, messages: [system, { role: 'user', content }] });
    expect((await ask('one')).usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    // 3 + ceil(8,009 / 4) = 2,006 tokens of prefix.
    expect((await ask('two')).usage?.prompt_tokens_details?.cached_tokens).toBe(1_920);
  });

  test('gets JSON that fits the schema', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages: hello,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'person',
          schema: {
            type: 'object',
            properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18 } },
          },
        },
      },
    });
    expect(JSON.parse(answer.choices[0]?.message.content as string)).toEqual({ name: 'simulated', age: 18 });
  });

  test('stops at a stop sequence and at the length it is given', async () => {
    const short = await client.chat.completions.create({ model, messages: hello, max_completion_tokens: 7 });
    expect(short.choices[0]?.finish_reason).toBe('length');
    expect(short.usage?.completion_tokens).toBe(7);
    const stopped = await client.chat.completions.create({ model, messages: hello, stop: [':'] });
    expect(stopped.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'Simulated answer' },
    });
  });

  test('lists models', async () => {
    const models = await collect(client.models.list());
    expect(models.map(({ id }) => id)).toEqual(['simulated-small', 'simulated-large', 'simulated-reasoning']);
    expect(await client.models.retrieve('simulated-small')).toMatchObject({ object: 'model' });
  });

  test('throws its own error classes', async () => {
    const wrong = client.chat.completions.create({ model: 'no-such', messages: hello });
    await expect(wrong).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(wrong).rejects.toMatchObject({ code: 'model_not_found', type: 'invalid_request_error' });
  });
});

describe('beside a recording', () => {
  // vercel/ai, packages/openai/src/chat/__fixtures__/openai-text.{json,chunks.txt} (recorded 2026-02): field names in their order.
  const CHUNK = 'id object created model service_tier system_fingerprint choices usage obfuscation'.split(
    ' ',
  );
  const headers = { authorization: 'Bearer test-key', 'content-type': 'application/json' };
  const path = '/v1/chat/completions';

  test('chunks have the recorded fields in the recorded order', async () => {
    const body = { model, messages: hello, stream: true, stream_options: { include_usage: true } };
    const { headers: got, text } = await exchange(baseUrl, { path, headers, body });
    const events = eventData(text) as Record<string, unknown>[];
    expect(got['content-type']).toBe('text/event-stream; charset=utf-8');
    for (const event of events) expect(Object.keys(event)).toEqual(CHUNK);
    expect(events[0]?.choices).toEqual([
      {
        index: 0,
        delta: { role: 'assistant', content: '', refusal: null },
        logprobs: null,
        finish_reason: null,
      },
    ]);
    expect(events.at(-2)?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }]);
    expect(events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 5 } });
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('bodies have the recorded fields in the recorded order', async () => {
    const { headers: got, text } = await exchange(baseUrl, {
      path,
      headers,
      body: { model, messages: hello },
    });
    const answer = JSON.parse(text);
    expect(got['content-type']).toBe('application/json');
    expect(got).toHaveProperty('x-ratelimit-remaining-requests');
    expect(Object.keys(answer)).toEqual(
      'id object created model choices usage service_tier system_fingerprint'.split(' '),
    );
    expect(Object.keys(answer.choices[0])).toEqual(['index', 'message', 'logprobs', 'finish_reason']);
    expect(Object.keys(answer.choices[0].message)).toEqual(['role', 'content', 'refusal', 'annotations']);
    expect(answer.usage).toEqual({
      prompt_tokens: 5,
      completion_tokens: 48,
      total_tokens: 53,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    });
  });
});
