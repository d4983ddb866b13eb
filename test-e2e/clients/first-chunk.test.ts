import { textRequest } from '@switchyard/client';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

let started: TestFleet;
let control: SimulatorControl;

beforeAll(async () => {
  started = await startTestFleet({ providers: ['primary'] });
  control = new SimulatorControl(started.fleet.simulatorUrl);
  // Twelve pieces, one each 500 ms: the last leaves the simulator more than five seconds after the first.
  await control.setLatency('primary', { firstTokenMs: 50, perTokenMs: 500 });
});

afterAll(() => started?.[Symbol.asyncDispose]());

/** Streams that the simulator has sent to their end, at this moment. */
const sentStreams = async () => (await control.stats()).providers.primary?.streams.completed ?? 0;

test('HTTP: the first piece of a stream is here while the simulator still has pieces to send', async () => {
  const openai = new OpenAI({
    apiKey: started.fleet.apiKey,
    baseURL: `${started.fleet.httpUrl}/v1`,
    maxRetries: 0,
  });
  const stream = await openai.chat.completions.create({
    model: 'sim-fast',
    messages: [{ role: 'user', content: 'Hello' }],
    stream: true,
  });
  let pieces = 0;
  let sentAtFirst: number | undefined;
  for await (const { choices } of stream) {
    if (!choices[0]?.delta.content) continue;
    pieces += 1;
    sentAtFirst ??= await sentStreams();
  }
  expect(sentAtFirst).toBe(0);
  expect(pieces).toBeGreaterThan(5);
  expect(await sentStreams()).toBe(1);
});

test('gRPC: the same', async () => {
  const [client] = started.clients;
  const before = await sentStreams();
  let sentAtFirst: number | undefined;
  let pieces = 0;
  for await (const { event } of client?.stream(textRequest('sim-fast', 'Hello')) ?? []) {
    if (event?.$case !== 'delta') continue;
    pieces += 1;
    sentAtFirst ??= await sentStreams();
  }
  expect(sentAtFirst).toBe(before);
  expect(pieces).toBeGreaterThan(5);
  expect(await sentStreams()).toBe(before + 1);
});
