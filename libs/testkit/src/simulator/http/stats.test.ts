import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startSimulator } from '../start-simulator.ts';
import { NO_TOKENS } from '../stats/call-counter.ts';
import type { CallStats } from '../stats/simulator-stats.ts';
import { DIALECTS } from '../testing/dialects.ts';
import { eventually, exchange } from '../testing/raw-exchange.ts';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

const statsOf = (provider: string) => simulator.stats().providers[provider] as CallStats;
const baseUrlOf = (provider: string) => simulator.providers[provider]?.baseUrl as string;

describe.each(DIALECTS)('stats of $format', ({ provider, request }) => {
  test('agree with what the caller got, in all, by model and by attempt', async () => {
    const baseUrl = baseUrlOf(provider);
    for (const [i, stream] of [true, false, false].entries()) {
      const call = request({ stream, model: i === 0 ? 'simulated-small' : 'simulated-large' });
      const headers = { ...call.headers, 'x-switchyard-attempt-id': `attempt-${i}` };
      expect((await exchange(baseUrl, { ...call, headers })).status).toBe(200);
    }
    await exchange(baseUrl, { ...request({ stream: false }), body: 'not json' });
    const stats = statsOf(provider);
    expect(stats).toMatchObject({ received: 4, served: 3, refused: 1, aborted: 0, faulted: 0, inFlight: 0 });
    expect(stats.streams).toEqual({ completed: 1, aborted: 0, faulted: 0 });
    expect(stats.tokens).toEqual({ ...NO_TOKENS, inputTokens: 15, outputTokens: 144 });
    expect(simulator.stats().providers[provider]?.models).toMatchObject({
      'simulated-small': { received: 1, tokens: { outputTokens: 48 } },
      'simulated-large': { received: 2, tokens: { outputTokens: 96 } },
    });
    const { records } = simulator.attempts();
    expect(records.map(({ attemptId, outcome, status }) => [attemptId, outcome, status])).toEqual([
      ['attempt-0', 'complete', 200],
      ['attempt-1', 'complete', 200],
      ['attempt-2', 'complete', 200],
      [undefined, 'refused', 400],
    ]);
    expect(records[0]).toMatchObject({ provider, stream: true, deliveredTokens: 48 });
  });

  test('a caller that leaves a stream is noticed at once and billed what was written', async () => {
    simulator.setLatency({ provider, latency: { firstTokenMs: 20, perTokenMs: 250 } });
    const seen = await exchange(baseUrlOf(provider), { ...request({ stream: true }), leaveAfterMs: 1_000 });
    const leftAt = Date.now();
    await eventually(() => statsOf(provider).aborted === 1);
    const record = simulator.attempts().records[0];
    expect(record).toMatchObject({ outcome: 'aborted', status: 200, stream: true });
    expect(record?.tokens.inputTokens).toBe(5);
    expect(record?.deliveredTokens).toBe(record?.tokens.outputTokens);
    // Each event with text holds one token; what was written last may not have been read.
    const texts = seen.text.match(/"content":"[^"]|"text":"[^"]/g) ?? [];
    expect(record?.deliveredTokens).toBeGreaterThanOrEqual(texts.length);
    expect(record?.deliveredTokens).toBeLessThan(48);
    expect((record?.endedAtUnixMs ?? 0) - leftAt).toBeLessThan(1_000);
    expect(record?.noticedAfterMs).toBeLessThan(1_000);
    expect(statsOf(provider)).toMatchObject({ streams: { aborted: 1 }, aborts: {}, inFlight: 0 });
  });

  test('a caller that leaves a unary call is billed its prompt', async () => {
    simulator.setLatency({ provider, latency: { firstTokenMs: 5_000 } });
    await exchange(baseUrlOf(provider), { ...request({ stream: false }), leaveAfterMs: 50 });
    await eventually(() => statsOf(provider).aborted === 1);
    const record = simulator.attempts().records[0];
    expect(record).toMatchObject({ outcome: 'aborted', tokens: { inputTokens: 5, outputTokens: 0 } });
    expect(record?.status).toBeUndefined();
  });
});

test('a caller that leaves while sending its request is counted as aborted', async () => {
  const call = DIALECTS[0]?.request({ stream: false });
  const headers = { ...call?.headers, 'content-length': '1000' };
  await exchange(baseUrlOf('sim-openai'), {
    path: '/v1/chat/completions',
    body: '{',
    headers,
    leaveAfterMs: 50,
  });
  await eventually(() => statsOf('sim-openai').aborted === 1);
  expect(statsOf('sim-openai')).toMatchObject({ received: 1, inFlight: 0 });
});

test('counts how many calls were under way at once', async () => {
  simulator.setLatency({ provider: '*', latency: { firstTokenMs: 5_000 } });
  const { provider, request } = DIALECTS[1] as (typeof DIALECTS)[number];
  const calls = Array.from({ length: 7 }, () => exchange(baseUrlOf(provider), request({ stream: true })));
  await eventually(() => statsOf(provider).inFlight === 7);
  await Promise.all(calls);
  expect(statsOf(provider)).toMatchObject({ inFlight: 0, maxInFlight: 7, served: 7 });
});

test('received is always the sum of how calls ended and those under way', async () => {
  simulator.setLatency({
    provider: '*',
    latency: { firstTokenMs: { kind: 'uniform', minMs: 0, maxMs: 60 } },
  });
  simulator.setFaults({
    provider: '*',
    rules: [{ probability: 0.2, fault: { type: 'status', status: 500 } }],
  });
  const { provider, request } = DIALECTS[2] as (typeof DIALECTS)[number];
  const calls = Array.from({ length: 60 }, (_, i) =>
    exchange(baseUrlOf(provider), {
      ...request({ stream: i % 2 === 0, model: i % 7 === 0 ? 'no-such' : 'simulated-large' }),
      ...(i % 5 === 0 && { leaveAfterMs: 10 }),
    }),
  );
  await eventually(() => statsOf(provider).received > 10);
  const sum = ({ served, refused, aborted, faulted, inFlight }: CallStats) =>
    served + refused + aborted + faulted + inFlight;
  const during = statsOf(provider);
  expect(sum(during)).toBe(during.received);
  await Promise.all(calls);
  await eventually(() => statsOf(provider).inFlight === 0);
  const after = statsOf(provider);
  expect(sum(after)).toBe(after.received);
  expect(after.refused).toBeGreaterThan(0);
  expect(after.faulted).toBeGreaterThan(0);
  expect(simulator.attempts().records).toHaveLength(after.received);
});

test('pace and tokens are delivered in time: the first before the last is made', async () => {
  simulator.setLatency({ provider: '*', latency: { firstTokenMs: 30, perTokenMs: 5 } });
  const { provider, request } = DIALECTS[0] as (typeof DIALECTS)[number];
  const seen = await exchange(baseUrlOf(provider), request({ stream: true }));
  expect(seen.firstByteMs).toBeGreaterThanOrEqual(29);
  expect(seen.totalMs).toBeGreaterThanOrEqual(30 + 47 * 5 - 1);
  expect(seen.firstByteMs).toBeLessThan(seen.totalMs);
  expect(seen.pieces.length).toBeGreaterThan(10);
});
