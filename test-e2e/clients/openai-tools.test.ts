import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { startTestFleet } from '../support/test-fleet.ts';

const TOOL = {
  type: 'function',
  function: {
    name: 'read_weather',
    description: 'Tells the weather of a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
} satisfies OpenAI.ChatCompletionTool;

test('the openai package calls a tool, unary and streamed, and gets text after it has sent the result', {
  timeout: 90_000,
}, async () => {
  await using started = await startTestFleet();
  const { devEnv } = started.fleet;
  const openai = new OpenAI({
    apiKey: devEnv.SWITCHYARD_API_KEY as string,
    baseURL: `${devEnv.SWITCHYARD_HTTP_URL}/v1`,
    maxRetries: 0,
  });
  const request = {
    model: 'sim-fast',
    messages: [{ role: 'user', content: 'Please call the tool' }],
    tools: [TOOL],
  } satisfies OpenAI.ChatCompletionCreateParams;

  const first = await openai.chat.completions.create(request);
  const [choice] = first.choices;
  expect(choice?.finish_reason).toBe('tool_calls');
  const [call] = choice?.message.tool_calls ?? [];
  if (call?.type !== 'function') throw new TypeError('no function was called');
  expect(call.function.name).toBe('read_weather');
  expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) });

  const second = await openai.chat.completions.create({
    ...request,
    messages: [
      ...request.messages,
      choice?.message as OpenAI.ChatCompletionMessage,
      { role: 'tool', tool_call_id: call.id, content: '{"sky":"clear"}' },
    ],
  });
  expect(second.choices[0]?.finish_reason).toBe('stop');
  expect(second.choices[0]?.message.content).toMatch(/^Simulated answer:/);
  expect(second.usage?.prompt_tokens).toBeGreaterThan(first.usage?.prompt_tokens ?? Number.POSITIVE_INFINITY);

  const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
  const [assembled] = streamed.choices[0]?.message.tool_calls ?? [];
  if (assembled?.type !== 'function') throw new TypeError('no function was called in the stream');
  expect(assembled.function).toMatchObject({ name: 'read_weather', arguments: call.function.arguments });
});
