import { rmSync } from 'node:fs';
import {
  GenerateImagesRequest,
  type GenerateImagesResponse,
  SpeakRequest,
  type SpeakResponse,
  TranscribeRequest,
  type TranscribeResponse,
} from '@switchyard/contracts/routing';
import type { RequestAuthorization } from '@switchyard/llm';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { bearer, readyKeys } from './support/ready-keys.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;

/** As the catalog has OpenAI's: by the image, by image tokens beside a price by the image, by characters, by the second. */
const stateDir = stateDirWithPrices([
  { provider: 'first', model: 'dall-e-2', outputImage: 20_000_000_000_000n },
  {
    provider: 'first',
    model: 'gpt-image-1',
    input: 5_000_000_000n,
    output: 40_000_000_000n,
    outputImage: 167_000_000_000_000n,
    inputImageToken: 10_000_000_000n,
    outputImageToken: 40_000_000_000n,
  },
  { provider: 'google', model: 'imagen-4.0-fast', outputImage: 20_000_000_000_000n },
  { provider: 'first', model: 'tts-1', input: 15_000_000_000n, inputCharacter: 15_000_000_000n },
  {
    provider: 'first',
    model: 'gpt-4o-mini-tts',
    input: 600_000_000n,
    output: 12_000_000_000n,
    outputAudioSecond: 250_000_000_000n,
  },
  { provider: 'first', model: 'token-tts', input: 600_000_000n, output: 12_000_000_000n },
  {
    provider: 'first',
    model: 'whisper-1',
    inputAudioSecond: 100_000_000_000n,
    outputAudioSecond: 100_000_000_000n,
  },
  {
    provider: 'first',
    model: 'gpt-4o-transcribe',
    input: 2_500_000_000n,
    output: 10_000_000_000n,
    inputAudio: 6_000_000_000n,
  },
]);
const googleKey: RequestAuthorization = {
  kind: 'fixed',
  headers: { 'x-goog-api-key': 'test-key' },
  secrets: ['test-key'],
};
const offered = (model: string, ...capabilities: string[]) => ({
  model,
  catalogModel: '',
  capabilities,
  contextTokens: undefined,
  maxOutputTokens: undefined,
});

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'first', format: 'openai-chat', models: 'any' },
      { name: 'google', format: 'gemini', models: 'any' },
    ],
  });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    stateDir,
    secrets: readyKeys(({ id }) => (id === 'google' ? googleKey : bearer('test-key'))),
  });
  const { first, google } = simulator.providers;
  await routing.addProvider({
    id: 'first',
    baseUrl: `${first?.baseUrl}/v1`,
    models: [
      ...['dall-e-2', 'gpt-image-1'].map((model) => offered(model, 'image_generation')),
      ...['tts-1', 'gpt-4o-mini-tts', 'token-tts'].map((model) => offered(model, 'speech')),
      ...['whisper-1', 'gpt-4o-transcribe'].map((model) => offered(model, 'transcription')),
      offered('listener', 'text', 'audio_in'),
    ],
  });
  await routing.addProvider({
    id: 'google',
    wireFormat: 'gemini',
    baseUrl: `${google?.baseUrl}/v1beta`,
    models: [offered('imagen-4.0-fast', 'image_generation')],
  });
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
  rmSync(stateDir, { recursive: true });
});

const draw = (
  change: Parameters<typeof GenerateImagesRequest.fromPartial>[0],
): Promise<GenerateImagesResponse> =>
  callUnary({
    method: routing.inference.generateImages.bind(routing.inference),
    request: GenerateImagesRequest.fromPartial({ prompt: 'a cat', ...change }),
    target: routing.target,
    timeoutMs: 10_000,
  });
const speak = (change: Parameters<typeof SpeakRequest.fromPartial>[0]): Promise<SpeakResponse> =>
  callUnary({
    method: routing.inference.speak.bind(routing.inference),
    request: SpeakRequest.fromPartial({ text: 'Grüß Gott!', voice: 'alloy', ...change }),
    target: routing.target,
    timeoutMs: 10_000,
  });
const transcribe = (
  change: Parameters<typeof TranscribeRequest.fromPartial>[0],
): Promise<TranscribeResponse> =>
  callUnary({
    method: routing.inference.transcribe.bind(routing.inference),
    // Two and a half seconds, as the simulator counts bytes.
    request: TranscribeRequest.fromPartial({ audio: Buffer.alloc(20_000, 1), filename: 'a.mp3', ...change }),
    target: routing.target,
    timeoutMs: 10_000,
  });
const send = (path: string, init: { readonly body: string | FormData; readonly type?: string }) =>
  fetch(`${routing.httpUrl}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${routing.target.apiKey}`,
      ...(init.type !== undefined && { 'content-type': init.type }),
    },
    body: init.body,
  });
const json = 'application/json';

test('images are charged by the image where the provider counts images', async () => {
  const { images, usage, cost } = await draw({ model: 'dall-e-2', count: 3 });
  expect(images).toHaveLength(3);
  expect(images[0]?.source?.$case).toBe('url');
  expect(usage).toMatchObject({ outputImages: 3, inputTokens: 0, outputTokens: 0, estimated: false });
  expect(cost).toMatchObject({ totalNanoUsd: 60_000_000n, componentsNanoUsd: { output_image: 60_000_000n } });
});

test('and by tokens where it counts tokens, though a price by the image is known', async () => {
  const { images, usage, cost } = await draw({ model: 'gpt-image-1' });
  expect(images[0]).toMatchObject({ source: { $case: 'data' }, mediaType: 'image/png' });
  const { inputTokens = 0 } = usage ?? {};
  expect(usage).toMatchObject({ outputTokens: 272, outputImageTokens: 272 });
  expect(usage?.outputImages).toBeUndefined();
  expect(cost?.totalNanoUsd).toBe(BigInt(inputTokens) * 5_000n + 272n * 40_000n);
});

test('of an image in another size the price is unknown, never that of the default', async () => {
  const sized = { model: 'dall-e-2', size: '512x512' };
  expect((await draw(sized)).cost?.totalNanoUsd).toBeUndefined();
  const limited = { ...sized, requirements: { maxCostNanoUsd: 1_000_000_000n } };
  await expect(draw(limited)).rejects.toMatchObject({ message: expect.stringContaining('max_cost') });
});

test("Imagen is asked in Gemini's words", async () => {
  const { images, route, cost } = await draw({ model: 'imagen-4.0-fast', count: 2 });
  expect(images.map(({ mediaType }) => mediaType)).toEqual(['image/png', 'image/png']);
  expect(route?.provider).toBe('google');
  expect(cost?.totalNanoUsd).toBe(40_000_000n);
});

test('speech is charged by characters, else by the second, else its cost is unknown', async () => {
  const { audio, mediaType, usage, cost } = await speak({ model: 'tts-1' });
  expect(audio.subarray(0, 4).toString('latin1')).toBe('RIFF');
  expect(mediaType).toBe('audio/wav');
  // Ten characters, twelve bytes.
  expect(usage).toMatchObject({ inputCharacters: 10, inputTokens: 0, outputTokens: 0 });
  expect(cost).toMatchObject({ totalNanoUsd: 150_000n, componentsNanoUsd: { input_character: 150_000n } });
  const long = await speak({ model: 'gpt-4o-mini-tts', text: 'x'.repeat(150) });
  expect(long.usage).toMatchObject({ outputAudioSeconds: 10, outputTokens: 0, estimated: true });
  expect(long.cost?.totalNanoUsd).toBe(2_500_000n);
  expect((await speak({ model: 'token-tts' })).cost?.totalNanoUsd).toBeUndefined();
});

test('transcripts are charged by the second, or by tokens of sound', async () => {
  const whisper = await transcribe({ model: 'whisper-1', timestamps: [2] });
  expect(whisper).toMatchObject({
    language: 'english',
    durationSeconds: 2.5,
    segments: [{ endSeconds: 2.5 }],
  });
  expect(whisper.usage).toMatchObject({ inputAudioSeconds: 3, inputTokens: 0, estimated: false });
  expect(whisper.cost?.componentsNanoUsd).toEqual({ input_audio_second: 300_000n });
  const { text, usage, cost } = await transcribe({ model: 'gpt-4o-transcribe' });
  expect(text).toBe('This is a simulated transcript.');
  expect(usage).toMatchObject({ inputTokens: 25, inputAudioTokens: 25, outputTokens: 6 });
  expect(cost?.totalNanoUsd).toBe(25n * 6_000n + 6n * 10_000n);
});

test('who only listens in chats writes nothing down', async () => {
  await expect(transcribe({ model: 'listener' })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    message: expect.stringContaining('transcription'),
  });
});

test('what is wrong is told by its field', async () => {
  await expect(draw({ model: 'dall-e-2', prompt: '', count: 11, size: 'big' })).rejects.toMatchObject({
    violations: [{ field: 'prompt' }, { field: 'count' }, { field: 'size' }],
  });
  await expect(speak({ model: 'tts-1', text: '', voice: '', speed: 5 })).rejects.toMatchObject({
    violations: [{ field: 'text' }, { field: 'voice' }, { field: 'speed' }],
  });
  const wrong = {
    model: 'whisper-1',
    audio: Buffer.alloc(0),
    language: 'English!',
    timestamps: [0 as const],
  };
  await expect(transcribe(wrong)).rejects.toMatchObject({
    violations: [{ field: 'audio' }, { field: 'language' }, { field: 'timestamps' }],
  });
});

test('over HTTP: images as JSON', async () => {
  const body = JSON.stringify({ model: 'gpt-image-1', prompt: 'a cat', n: 2 });
  const response = await send('/v1/images/generations', { body, type: json });
  expect(await response.json()).toMatchObject({
    data: [{ b64_json: expect.stringMatching(/^iVBOR/) }, {}],
    output_format: 'png',
    usage: { output_tokens: 544 },
  });
  const bad = await send('/v1/images/generations', { body: '{"model":"dall-e-2","n":0}', type: json });
  expect(bad.status).toBe(400);
});

test('over HTTP: speech as sound, with the cost in a header', async () => {
  const body = JSON.stringify({ model: 'tts-1', input: 'hello', voice: 'alloy', response_format: 'wav' });
  const response = await send('/v1/audio/speech', { body, type: json });
  expect(response.headers.get('content-type')).toBe('audio/wav');
  expect(response.headers.get('x-switchyard-cost-nano-usd')).toBe('75000');
  const sound = Buffer.from(await response.arrayBuffer());
  expect(sound.subarray(0, 4).toString('latin1')).toBe('RIFF');
  expect(Number(response.headers.get('content-length'))).toBe(sound.length);
});

test('over HTTP: transcripts from a form, in three forms', async () => {
  const ask = (fields: Readonly<Record<string, string>>, file = Buffer.alloc(8_000, 1)) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    if (file.length > 0) form.append('file', new Blob([file]), 'speech.mp3');
    return send('/v1/audio/transcriptions', { body: form });
  };
  const plain = await ask({ model: 'whisper-1', switchyard: '{"labels":{"a":"b"}}' });
  expect(await plain.json()).toMatchObject({
    text: 'This is a simulated transcript.',
    usage: { type: 'duration', seconds: 1 },
  });
  const verbose = await ask({ model: 'whisper-1', response_format: 'verbose_json' });
  expect(await verbose.json()).toMatchObject({
    language: 'english',
    duration: 1,
    segments: [{ id: 0, end: 1 }],
  });
  const text = await ask({ model: 'whisper-1', response_format: 'text' });
  expect([text.headers.get('content-type'), await text.text()]).toEqual([
    'text/plain; charset=utf-8',
    'This is a simulated transcript.\n',
  ]);
  const wrong = await ask({ model: 'whisper-1', response_format: 'srt' }, Buffer.alloc(0));
  expect(wrong.status).toBe(400);
  expect(JSON.stringify(await wrong.json())).toMatch(/response_format.*file/);
  const noForm = await send('/v1/audio/transcriptions', { body: '{}', type: json });
  expect(noForm.status).toBe(400);
  const broken = { body: 'x', type: 'multipart/form-data; boundary=y' };
  expect((await send('/v1/audio/transcriptions', broken)).status).toBe(400);
});
