import { ApiError, FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type } from '@google/genai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../simulator.ts';
import { startSimulator } from '../../start-simulator.ts';
import { collect, eventData, exchange } from '../../testing/raw-exchange.ts';

let simulator: Simulator;
let client: GoogleGenAI;
let baseUrl: string;

beforeAll(async () => {
  simulator = await startSimulator();
  baseUrl = simulator.providers['sim-gemini']?.baseUrl as string;
  client = new GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl } });
});
afterAll(() => simulator.close());

const model = 'simulated-large';
const weather = {
  name: 'get_weather',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } },
};
const clock = { name: 'get_time', parameters: { type: Type.OBJECT, properties: {} } };
const tools = [{ functionDeclarations: [weather, clock] }];

describe('the official genai package', () => {
  test('gets a unary answer whose usage follows the documented tokenisation', async () => {
    const answer = await client.models.generateContent({ model, contents: 'hello' });
    expect(answer.text).toMatch(/^Simulated answer:/);
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP');
    expect(answer.usageMetadata).toEqual({
      promptTokenCount: 5,
      candidatesTokenCount: 48,
      totalTokenCount: 53,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 5 }],
    });
  });

  test('gets the same text as a stream, with usage that grows', async () => {
    const unary = await client.models.generateContent({ model, contents: 'hello' });
    const stream = await client.models.generateContentStream({ model, contents: 'hello' });
    const chunks = await collect(stream);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(unary.text);
    expect(chunks.at(-1)?.usageMetadata).toEqual(unary.usageMetadata);
    expect(chunks[2]?.usageMetadata?.candidatesTokenCount).toBe(3);
  });

  test('calls a tool, and answers with text after its result', async () => {
    const ask = { role: 'user', parts: [{ text: 'call the tool get_weather' }] };
    const asked = await client.models.generateContent({ model, contents: [ask], config: { tools } });
    expect(asked.functionCalls).toEqual([{ name: 'get_weather', args: { city: 'simulated' } }]);
    const response = { name: 'get_weather', response: { output: 'sunny' } };
    const answered = await client.models.generateContent({
      model,
      config: { tools },
      contents: [
        ask,
        asked.candidates?.[0]?.content ?? {},
        { role: 'user', parts: [{ functionResponse: response }] },
      ],
    });
    expect(answered.text).toMatch(/^Simulated answer:/);
  });

  test('streams parallel calls, and obeys mode and allowed names', async () => {
    const stream = await client.models.generateContentStream({
      model,
      contents: 'call the tools',
      config: { tools },
    });
    const calls = (await collect(stream)).flatMap((chunk) => chunk.functionCalls ?? []);
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time']);
    const forced = await client.models.generateContent({
      model,
      contents: 'hello',
      config: {
        tools,
        toolConfig: {
          functionCallingConfig: {
            mode: FunctionCallingConfigMode.ANY,
            allowedFunctionNames: ['get_time'],
          },
        },
      },
    });
    expect(forced.functionCalls?.map(({ name }) => name)).toEqual(['get_time']);
  });

  test('counts thoughts beside the candidates, and shows them when asked to', async () => {
    const ask = (thinkingConfig: object) =>
      client.models.generateContent({ model, contents: 'hello', config: { thinkingConfig } });
    const hidden = await ask({ thinkingLevel: ThinkingLevel.HIGH });
    expect(hidden.usageMetadata).toMatchObject({
      candidatesTokenCount: 48,
      thoughtsTokenCount: 128,
      totalTokenCount: 5 + 48 + 128,
    });
    expect(hidden.candidates?.[0]?.content?.parts?.[0]?.thoughtSignature).toBeTruthy();
    const shown = await ask({ thinkingBudget: 20, includeThoughts: true });
    expect(shown.candidates?.[0]?.content?.parts?.[0]).toMatchObject({
      thought: true,
      text: expect.stringMatching(/^Simulated reasoning:/),
    });
    expect(shown.usageMetadata?.thoughtsTokenCount).toBe(20);
    const streamed = await collect(
      await client.models.generateContentStream({
        model,
        contents: 'hello',
        config: { thinkingConfig: { thinkingBudget: 20, includeThoughts: true } },
      }),
    );
    expect(streamed.at(-1)?.usageMetadata).toEqual(shown.usageMetadata);
  });

  test('sees cached tokens when a long beginning comes again', async () => {
    const ask = (contents: string) =>
      client.models.generateContent({
        model,
        contents,
        config: { systemInstruction: `cache me ${'x'.repeat(8_000)}` },
      });
    expect((await ask('one')).usageMetadata?.cachedContentTokenCount).toBeUndefined();
    expect((await ask('two')).usageMetadata?.cachedContentTokenCount).toBe(1_920);
  });

  test('gets JSON that fits the schema', async () => {
    const responseSchema = { type: Type.OBJECT, properties: { name: { type: Type.STRING } } };
    const answer = await client.models.generateContent({
      model,
      contents: 'hello',
      config: { responseMimeType: 'application/json', responseSchema },
    });
    expect(JSON.parse(answer.text as string)).toEqual({ name: 'simulated' });
  });

  test('lists models', async () => {
    const models = await collect(await client.models.list());
    expect(models.map(({ name }) => name)).toContain('models/simulated-large');
    expect(await client.models.get({ model })).toMatchObject({ inputTokenLimit: 1_000_000 });
  });

  test('throws its own error class', async () => {
    const wrong = client.models.generateContent({ model: 'no-such', contents: 'hello' });
    await expect(wrong).rejects.toBeInstanceOf(ApiError);
    await expect(wrong).rejects.toMatchObject({ status: 404 });
  });
});

describe('beside a recording', () => {
  const headers = { 'content-type': 'application/json', 'x-goog-api-key': 'test-key' };
  const body = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };

  // vercel/ai, packages/google/src/__fixtures__/google-text.chunks.txt (recorded 2026-02).
  test('chunks have the recorded fields; an empty text ends the stream', async () => {
    const path = `/v1beta/models/${model}:streamGenerateContent?alt=sse`;
    const { headers: got, text } = await exchange(baseUrl, { path, headers, body });
    const events = eventData(text) as Record<string, unknown>[];
    expect(got['content-type']).toBe('text/event-stream');
    expect(text.endsWith('}\r\n\r\n')).toBe(true);
    for (const event of events) {
      expect(Object.keys(event)).toEqual(['candidates', 'usageMetadata', 'modelVersion', 'responseId']);
    }
    expect(events[0]).toMatchObject({
      candidates: [{ content: { parts: [{ text: 'Simu' }], role: 'model' }, index: 0 }],
    });
    expect(events.at(-1)).toMatchObject({
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
    });
  });

  test('without alt=sse a stream is one JSON array', async () => {
    const path = `/v1beta/models/${model}:streamGenerateContent`;
    const { headers: got, text } = await exchange(baseUrl, { path, headers, body });
    expect(got['content-type']).toBe('application/json; charset=UTF-8');
    expect(JSON.parse(text)).toHaveLength(49);
  });

  test('a key in the query is a key', async () => {
    const path = `/v1beta/models/${model}:generateContent?key=test-key`;
    const { status } = await exchange(baseUrl, {
      path,
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(status).toBe(200);
  });
});
