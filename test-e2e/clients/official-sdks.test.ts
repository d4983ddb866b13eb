import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { wrongKey } from '../support/wrong-key.ts';
import { leaveInTime } from './leave-in-time.ts';
import { anthropicSdk } from './sdks/anthropic-sdk.ts';
import { EMBEDDERS } from './sdks/embedders.ts';
import { langchainAnthropic, langchainOpenai } from './sdks/langchain-sdk.ts';
import { openaiMaker } from './sdks/makers.ts';
import { openaiChatSdk } from './sdks/openai-chat-sdk.ts';
import { openaiResponsesSdk } from './sdks/openai-responses-sdk.ts';
import type { Door, Sdk } from './sdks/sdk.ts';
import { vercelAnthropic, vercelChat, vercelResponses } from './sdks/vercel-sdk.ts';

/** A new SDK is one file in `sdks/` and one entry here. */
const SDKS: readonly Sdk[] = [
  openaiChatSdk,
  openaiResponsesSdk,
  anthropicSdk,
  vercelChat,
  vercelResponses,
  vercelAnthropic,
  langchainOpenai,
  langchainAnthropic,
];

/** Whoever answers, an SDK sees its own API: each is tried with a provider of another format too. */
const PROVIDERS = ['openai-chat', 'anthropic-messages'] as const;

let started: TestFleet;
let control: SimulatorControl;
let door: Door;

beforeAll(async () => {
  started = await startTestFleet({
    providers: [
      ...PROVIDERS.map((format) => ({ id: format, format })),
      // Its models and prices are those of OpenAI, for all kinds of work.
      { id: 'allrounder', format: 'openai-chat', catalogId: 'openai' },
    ],
    // Calls under way are counted here: no probe is to be among them.
    processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
  });
  control = new SimulatorControl(started.fleet.simulatorUrl);
  door = { url: started.fleet.httpUrl, apiKey: started.fleet.apiKey };
});
afterAll(() => started?.[Symbol.asyncDispose]());

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe.each(SDKS)('$name, by address and key alone', (sdk) => {
  describe.each(PROVIDERS)('answered by %s', (provider) => {
    const model = `${provider}/sim-fast`;

    test('a text, whole and streamed, is the same and counts the same', async () => {
      const whole = await sdk.text(door, model);
      expect(whole.text).toMatch(/^Simulated answer:/);
      expect(whole.inputTokens).toBeGreaterThan(0);
      expect(whole.outputTokens).toBe(12);
      const { pieces, ...streamed } = await sdk.stream(door, model);
      const { inputTokens, ...certain } = whole;
      expect(streamed).toMatchObject(certain);
      if (sdk.countsInputAt === 'start') expect(streamed.inputTokens).toBeGreaterThan(0);
      else expect(streamed.inputTokens).toBe(inputTokens);
      expect(pieces).toBeGreaterThan(1);
    });

    test('a tool is called, and its result answered, whole and streamed', async () => {
      for (const round of [await sdk.toolRound(door, model), await sdk.streamedToolRound(door, model)]) {
        expect(round.toolName).toBe('read_weather');
        expect(round.toolInput).toEqual({ city: expect.any(String) });
        expect(round.text).toMatch(/^Simulated answer:/);
      }
    });

    test('structured output fits its schema', async () => {
      expect(await sdk.structured(door, model)).toEqual({ name: 'simulated' });
    });

    test('a picture is looked at', async () => {
      const plain = await sdk.text(door, model);
      const seen = await sdk.vision(door, model);
      expect(seen.text).toMatch(/^Simulated answer:/);
      // The simulator counts a picture as 256 tokens.
      expect(seen.inputTokens).toBeGreaterThan((plain.inputTokens ?? 0) + 250);
    });

    test('leaving a stream ends the call of the provider within a second', async () => {
      await control.setLatency(provider, { firstTokenMs: 50, perTokenMs: 1_000 });
      try {
        const begin = (signal: AbortSignal) => ({ asked: failureOf(sdk.streamUntil(door, model, signal)) });
        await leaveInTime({ control, provider, begin });
      } finally {
        await control.setLatency(provider, {});
      }
    });
  });

  test('errors are the SDK’s own, with the status of their kind', async () => {
    const statusOf = async (asked: Promise<unknown>) => sdk.statusOf(await failureOf(asked));
    const refused = { ...door, apiKey: wrongKey(door.apiKey) };
    expect(await statusOf(sdk.text(refused, 'sim-fast'))).toBe(401);
    expect(await statusOf(sdk.text(door, 'no-such-model'))).toBe(404);
    expect(await statusOf(sdk.stream(door, 'no-such-model'))).toBe(404);
  });
});

test.each(EMBEDDERS)('$name has texts turned into vectors, by address and key alone', async ({ embed }) => {
  const texts = ['a red apple', 'a green apple', 'interest rates'];
  const vectors = await embed(door, 'allrounder/text-embedding-3-small', texts);
  const alike = (a: number, b: number) =>
    (vectors[a] ?? []).reduce((sum, value, i) => sum + value * (vectors[b]?.[i] ?? 0), 0);
  expect(vectors).toHaveLength(3);
  // The simulator's vectors have length 1, and those of texts with a word in common are near each other.
  expect(alike(0, 0)).toBeCloseTo(1, 5);
  expect(alike(0, 1)).toBeGreaterThan(alike(0, 2));
});

test('openai makes images, speaks, writes down and judges, by address and key alone; all of it is priced', async () => {
  const maker = openaiMaker(door);
  const drawn = await maker.draw('allrounder/gpt-image-1', 'a cat');
  expect(
    Buffer.from(drawn ?? '', 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  const sound = await maker.speak('allrounder/tts-1', 'Hello there.');
  expect(sound.subarray(0, 4).toString('latin1')).toBe('RIFF');
  expect(await maker.transcribe('allrounder/whisper-1', sound)).toBe('This is a simulated transcript.');
  expect(await maker.moderate('allrounder/omni-moderation-latest', ['hi', 'kill'])).toEqual([false, true]);
  const booked = () =>
    queryFleet<{ model: string; components: object }>(
      started.fleet,
      `SELECT model, components_nano_usd AS components FROM cost_accounting.ledger
       WHERE provider = 'allrounder' AND purpose <> 'probe' AND amount_nano_usd IS NOT NULL AND model NOT LIKE '%embedding%'`,
    );
  await expect.poll(async () => (await booked()).length, { timeout: 30_000, interval: 100 }).toBe(4);
  const components = (await booked()).map((row) => [row.model, Object.keys(row.components)]);
  expect(Object.fromEntries(components)).toEqual({
    'gpt-image-1': ['input', 'output_image_token'],
    'tts-1': ['input_character'],
    'whisper-1': ['input_audio_second'],
    'omni-moderation-latest': ['input'],
  });
});
