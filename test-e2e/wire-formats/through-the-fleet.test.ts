import { FinishReason } from '@switchyard/contracts/routing';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { type AttemptRecord, WIRE_FORMAT_NAMES, type WireFormatName } from '@switchyard/testkit/simulator';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SimulatorControl } from '../support/simulator-control.ts';
import { SIMULATED_AS, startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { ANSWER_CASES, type AnswerCase } from './answer-cases.ts';
import { cachedConversation, shownOf, TOOLS, user, withoutIds, withResults } from './conversations.ts';
import { expectBooked, findBooked, type Told } from './expect-booked.ts';
import { FORMAT_ROWS, toldTokens } from './format-rows.ts';
import { ask, askForStream } from './grpc-door.ts';
import { askByHttp, askForHttpStream } from './http-door.ts';

let started: TestFleet;
let openai: OpenAI;

beforeAll(async () => {
  started = await startTestFleet({
    providers: WIRE_FORMAT_NAMES.map((format) => ({ id: format, format })),
    answerTokens: 24,
  });
  const { devEnv } = started.fleet;
  openai = new OpenAI({
    apiKey: devEnv.SWITCHYARD_API_KEY as string,
    baseURL: `${devEnv.SWITCHYARD_HTTP_URL}/v1`,
    maxRetries: 0,
  });
});
afterAll(() => started?.[Symbol.asyncDispose]());

/** What is billed at the published prices of the provider and model that the simulator says it was. */
function billedOf({ provider, model = '', tokens }: AttemptRecord) {
  const format = provider as WireFormatName;
  const offering = bundledCatalog().findOffering(SIMULATED_AS[format].catalogId, model);
  if (offering === undefined) throw new Error(`the catalog has no ${model} of ${provider}`);
  return { tokens: toldTokens(tokens, FORMAT_ROWS[format]), prices: offering.prices };
}

const agreed = async (told: Told) => (await expectBooked(started.fleet, told, billedOf)).truth.tokens;
const client = () => started.clients[0] as (typeof started.clients)[number];

describe.each(WIRE_FORMAT_NAMES)('%s: answer, ledger and simulator agree', (format) => {
  const { untold = [], refuses = {}, tellsWrites = false } = FORMAT_ROWS[format];
  const name = (model = 'sim-fast') => `${format}/${model}`;
  const answered = ANSWER_CASES.filter((one) => !(one.name in refuses));

  test.each(answered)('$name, by gRPC, whole and streamed', async ({ model, request, ...expected }) => {
    const asked = { ...request, model: name(model) };
    const whole = await ask(client(), asked);
    const streamed = await askForStream(client(), asked);
    for (const answer of [whole, streamed]) {
      expect(answer.finishReason).toBe(expected.finishReason);
      expect(shownOf(answer.message)).toEqual(expected.shown);
      expect(await agreed(answer)).toMatchObject(expected.counted ?? {});
    }
    expect(withoutIds(streamed.message)).toEqual(withoutIds(whole.message));
    expect(streamed.usage).toEqual(whole.usage);
  });

  test.each(Object.entries(refuses))('%s is refused by the name of %s', async (cannot, field) => {
    const { request, model } = ANSWER_CASES.find((one) => one.name === cannot) as AnswerCase;
    await expect(ask(client(), { ...request, model: name(model) })).rejects.toThrow(field);
  });

  test.each([
    ['whole', ask],
    ['streamed', askForStream],
  ])('the answer to results of tools, by gRPC, %s', async (_, door) => {
    const question = user('call the tools');
    const request = { model: name(), tools: TOOLS };
    const first = await door(client(), { ...request, messages: [question] });
    const second = await door(client(), { ...request, messages: withResults(question, first.message) });
    expect(second.finishReason).toBe(FinishReason.STOP);
    const { inputTokens } = await agreed(second);
    expect(inputTokens).toBeGreaterThan((await agreed(first)).inputTokens);
  });

  test.each([
    ['whole', ask],
    ['streamed', askForStream],
  ])('tokens written to and read from the cache, by gRPC, %s', async (door, asking) => {
    const request = (question: string) => ({
      ...cachedConversation(door, question),
      model: name(),
    });
    const first = await agreed(await asking(client(), request('one')));
    const second = await agreed(await asking(client(), request('two')));
    expect(second.cachedInputTokens > 1_000).toBe(!untold.includes('cached'));
    const written = [first.cacheWrite1hTokens > 0, second.cacheWrite5mTokens > 0];
    expect(written).toEqual(tellsWrites ? [true, true] : [false, false]);
  });

  test('texts and tools by HTTP, whole and streamed', async () => {
    const tools: OpenAI.ChatCompletionTool[] = ['get_tide', 'get_wind'].map((name) => ({
      type: 'function',
      function: { name, parameters: { type: 'object', properties: { port: { type: 'string' } } } },
    }));
    const question = { role: 'user', content: 'call the tools' } as const;
    const body = { model: name(), tools, messages: [question] };
    const [whole, streamed] = [await askByHttp(openai, body), await askForHttpStream(openai, body)];
    for (const first of [whole, streamed]) {
      expect(first.finishReason).toBe('tool_calls');
      expect(first.calls.map(({ name }) => name)).toEqual(['get_tide', 'get_wind']);
      await agreed(first);
    }
    const results = whole.calls.map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: 'calm',
    }));
    const next = { ...body, messages: [question, whole.message, ...results] };
    const [text, pieces] = [await askByHttp(openai, next), await askForHttpStream(openai, next)];
    expect(text.text).toMatch(/^Simulated answer:/);
    expect([pieces.text, pieces.usage, pieces.finishReason]).toEqual([text.text, text.usage, 'stop']);
    for (const answer of [text, pieces]) await agreed(answer);
  });

  test('usage that the provider leaves out is estimated, marked as such, and not free', async () => {
    const control = new SimulatorControl(started.fleet.simulatorUrl);
    await control.setFaults(format, [{ fault: { type: 'omit-usage' } }]);
    try {
      const request = { model: name(), messages: [user('hello')] };
      const body = { model: request.model, messages: [{ role: 'user' as const, content: 'hello' }] };
      const answers = [
        await ask(client(), request),
        await askForStream(client(), request),
        await askByHttp(openai, body),
        await askForHttpStream(openai, body),
      ];
      // However it came, the same answer counts the same.
      expect(new Set(answers.map(({ usage }) => usage?.outputTokens)).size).toBe(1);
      for (const { requestId, usage, costNanoUsd } of answers) {
        expect(usage?.estimated).toBe(true);
        expect(usage?.outputTokens).toBeGreaterThan(5);
        expect(costNanoUsd).toBeGreaterThan(0n);
        const { truth, row } = await findBooked(started.fleet, requestId);
        expect(truth).toMatchObject({ fault: 'omit-usage', status: 200 });
        expect(row).toMatchObject({ line: 'charge', estimated: true, amount_nano_usd: String(costNanoUsd) });
      }
    } finally {
      await control.clearFaults();
    }
  });
});
