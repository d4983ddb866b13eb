import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../faults/fault.ts';
import type { Simulator } from '../simulator.ts';
import { startSimulator } from '../start-simulator.ts';
import type { AttemptRecord } from '../stats/simulator-stats.ts';
import { DIALECTS, type Dialect } from '../testing/dialects.ts';
import { eventData, eventually, exchange, type RawExchange } from '../testing/raw-exchange.ts';

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close());

interface Struck {
  readonly seen: RawExchange;
  readonly record: AttemptRecord;
}

async function strike(
  dialect: Dialect,
  fault: Fault,
  { stream, ...leaving }: { stream: boolean; leaveAfterMs?: number; leaveAfterPieces?: number },
): Promise<Struck> {
  simulator.setFaults({ provider: dialect.provider, rules: [{ fault }] });
  const baseUrl = simulator.providers[dialect.provider]?.baseUrl as string;
  const seen = await exchange(baseUrl, { ...dialect.request({ stream }), ...leaving });
  await eventually(() => simulator.attempts().records.length === 1);
  const record = simulator.attempts().records[0] as AttemptRecord;
  expect(record.fault).toBe(fault.type);
  expect(simulator.stats().providers[dialect.provider]?.faults).toEqual({ [fault.type]: 1 });
  return { seen, record };
}

function eventsBefore(text: string): number {
  return text.split(/\r?\n\r?\n/).filter((event) => event.trim() !== '').length;
}

const NOTHING = { inputTokens: 0, outputTokens: 0 };
const both = DIALECTS.flatMap((dialect) =>
  [true, false].map((stream) => ({ dialect, stream, name: `${dialect.format}${stream ? ' stream' : ''}` })),
);

describe.each(both)('$name', ({ dialect, stream }) => {
  test('status: the error of the format, nothing billed', async () => {
    const { seen, record } = await strike(dialect, { type: 'status', status: 503 }, { stream });
    expect(seen.status).toBe(503);
    expect(seen.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(seen.text)).toHaveProperty('error.message');
    expect(record).toMatchObject({ status: 503, outcome: 'faulted', tokens: NOTHING });
  });

  test('status: Retry-After as seconds, as a date and in milliseconds; a body of one’s own', async () => {
    const fault = { type: 'status', status: 429, body: 'come back' } as const;
    const seconds = await strike(dialect, { ...fault, retryAfter: 3 }, { stream });
    expect(seconds.seen.headers['retry-after']).toBe('3');
    expect(seconds.seen.text).toBe('come back');
    simulator.reset();
    const date = await strike(
      dialect,
      { ...fault, retryAfter: { form: 'http-date', seconds: 30 } },
      { stream },
    );
    const waitMs = Date.parse(date.seen.headers['retry-after'] as string) - Date.now();
    expect(waitMs).toBeGreaterThan(28_000);
    expect(waitMs).toBeLessThanOrEqual(31_000);
    simulator.reset();
    const ms = await strike(dialect, { ...fault, retryAfter: { form: 'ms', seconds: 0.25 } }, { stream });
    expect(ms.seen.headers['retry-after-ms']).toBe('250');
  });

  test('stall: not even a status line until the caller leaves', async () => {
    const { seen, record } = await strike(dialect, { type: 'stall' }, { stream, leaveAfterMs: 1_000 });
    expect(seen.ended).toBe('no-answer');
    expect(record).toMatchObject({ outcome: 'faulted', tokens: NOTHING });
    expect(record.status).toBeUndefined();
  });

  test('stall with a time: the whole answer, later', async () => {
    const { seen, record } = await strike(dialect, { type: 'stall', forMs: 80 }, { stream });
    expect(seen).toMatchObject({ status: 200, ended: 'whole' });
    expect(seen.totalMs).toBeGreaterThanOrEqual(79);
    expect(record.outcome).toBe('complete');
  });

  test('reset: ECONNRESET instead of an answer', async () => {
    const { seen, record } = await strike(dialect, { type: 'reset' }, { stream });
    expect(seen).toMatchObject({ ended: 'no-answer', errorCode: 'ECONNRESET' });
    expect(record).toMatchObject({ outcome: 'faulted', tokens: NOTHING });
  });

  test('wrong-content-type: the right body under another name', async () => {
    const { seen, record } = await strike(dialect, { type: 'wrong-content-type' }, { stream });
    expect(seen.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(seen.text).toContain('Simu');
    expect(record).toMatchObject({ outcome: 'faulted', tokens: { outputTokens: 48 } });
  });

  test('truncate, cut: the connection ends inside the body', async () => {
    const { seen, record } = await strike(
      dialect,
      { type: 'truncate', afterBytes: 150, ending: 'cut' },
      { stream },
    );
    expect(seen).toMatchObject({ status: 200, ended: 'cut' });
    expect(seen.body.length).toBe(150);
    expect(record.outcome).toBe('faulted');
  });

  test('slow-bytes: the whole answer a byte at a time', async () => {
    const { seen } = await strike(
      dialect,
      { type: 'slow-bytes', bytesPerSecond: 50 },
      { stream, leaveAfterPieces: 10 },
    );
    expect(seen.pieces.filter((bytes) => bytes === 1).length).toBeGreaterThan(3);
    // Nine pauses of 20 ms, each of which may end up to a millisecond early.
    expect(seen.totalMs).toBeGreaterThan(170);
    simulator.reset();
    const fast = await strike(dialect, { type: 'slow-bytes', bytesPerSecond: 20_000 }, { stream });
    expect(fast.seen.ended).toBe('whole');
    expect(fast.seen.pieces.length).toBeGreaterThan(1);
    expect(fast.record).toMatchObject({ outcome: 'complete', deliveredTokens: 48 });
  });

  test('delay: the answer is whole and late', async () => {
    const { seen, record } = await strike(dialect, { type: 'delay', firstTokenMs: 120 }, { stream });
    expect(seen.firstByteMs).toBeGreaterThanOrEqual(119);
    expect(record).toMatchObject({ outcome: 'complete', deliveredTokens: 48 });
  });

  test('omit-usage: a whole answer without any usage', async () => {
    const { seen, record } = await strike(dialect, { type: 'omit-usage' }, { stream });
    expect(seen.ended).toBe('whole');
    expect(seen.text).not.toMatch(/prompt_?tokens|input_tokens|promptTokenCount/i);
    expect(record).toMatchObject({ outcome: 'complete', tokens: { outputTokens: 48 } });
  });
});

describe.each(DIALECTS)('a $format stream', (dialect) => {
  const stream = true;

  test('stall after events: so many events and then silence', async () => {
    const { seen, record } = await strike(
      dialect,
      { type: 'stall', afterChunks: 5 },
      { stream, leaveAfterMs: 3_000 },
    );
    expect(seen.status).toBe(200);
    expect(eventsBefore(seen.text)).toBe(5);
    expect(record).toMatchObject({ outcome: 'faulted', tokens: { inputTokens: 5 } });
    expect(record.deliveredTokens).toBe(record.tokens.outputTokens);
  });

  test('reset after events: what was sent can still be read', async () => {
    const { seen } = await strike(dialect, { type: 'reset', afterChunks: 4 }, { stream });
    expect(seen).toMatchObject({ ended: 'cut', errorCode: 'ECONNRESET' });
    expect(eventsBefore(seen.text)).toBe(4);
  });

  test('truncate, clean: HTTP is whole, the format is not', async () => {
    const { seen, record } = await strike(dialect, { type: 'truncate', afterChunks: 6 }, { stream });
    expect(seen.ended).toBe('whole');
    expect(eventsBefore(seen.text)).toBe(6);
    expect(seen.text).not.toMatch(dialect.streamEnd);
    expect(record).toMatchObject({ outcome: 'faulted', status: 200 });
    expect(record.tokens.outputTokens).toBeLessThan(48);
  });

  test('garbage: one event is no JSON, the end is there', async () => {
    const { seen, record } = await strike(dialect, { type: 'garbage', afterChunks: 3 }, { stream });
    expect(() => eventData(seen.text)).toThrow(SyntaxError);
    expect(seen.text).toMatch(dialect.streamEnd);
    expect(record).toMatchObject({ outcome: 'faulted', tokens: { outputTokens: 48 } });
    expect(record.deliveredTokens).toBeLessThan(48);
  });

  test('error-event: a good beginning, then the error, then the end', async () => {
    const { seen, record } = await strike(dialect, { type: 'error-event', afterChunks: 5 }, { stream });
    expect(seen).toMatchObject({ status: 200, ended: 'whole' });
    expect(seen.text).toMatch(/Simu/);
    expect(seen.text).toMatch(/"error":\s*\{/);
    expect(seen.text).not.toMatch(dialect.streamEnd);
    expect(record.outcome).toBe('faulted');
  });
});

describe.each(DIALECTS)('a unary $format answer', (dialect) => {
  const stream = false;

  test('truncate, clean: half of the body under its own length', async () => {
    const { seen, record } = await strike(dialect, { type: 'truncate' }, { stream });
    expect(seen.ended).toBe('whole');
    expect(Number(seen.headers['content-length'])).toBe(seen.body.length);
    expect(() => JSON.parse(seen.text)).toThrow(SyntaxError);
    expect(record).toMatchObject({ outcome: 'faulted', tokens: { outputTokens: 48 }, deliveredTokens: 0 });
  });

  test('garbage: a body that is no JSON', async () => {
    const { seen } = await strike(dialect, { type: 'garbage' }, { stream });
    expect(seen).toMatchObject({ status: 200, ended: 'whole' });
    expect(() => JSON.parse(seen.text)).toThrow(SyntaxError);
  });

  test('reset and stall after the first half', async () => {
    const { seen } = await strike(dialect, { type: 'reset', afterChunks: 1 }, { stream });
    expect(seen).toMatchObject({ status: 200, ended: 'cut', errorCode: 'ECONNRESET' });
    expect(seen.body.length).toBeGreaterThan(100);
    simulator.reset();
    const stalled = await strike(dialect, { type: 'stall', afterChunks: 1 }, { stream, leaveAfterMs: 3_000 });
    expect(stalled.seen).toMatchObject({ status: 200, ended: 'cut' });
    expect(stalled.record.outcome).toBe('faulted');
  });

  test('error-event: the status that belongs to the error', async () => {
    const { seen } = await strike(dialect, { type: 'error-event' }, { stream });
    expect(seen.status).toBe({ 'openai-chat': 500, 'anthropic-messages': 529, gemini: 503 }[dialect.format]);
  });
});

describe('in the words of each format', () => {
  const [openai, anthropic, gemini] = DIALECTS as [Dialect, Dialect, Dialect];

  test('OpenAI ends a failing stream with an error in a data event', async () => {
    const fault = { type: 'error-event', errorType: 'rate_limit_exceeded' } as const;
    const { seen } = await strike(openai, fault, { stream: true });
    expect(eventData(seen.text).at(-1)).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });

  test('Anthropic sends an error event, overloaded unless told otherwise', async () => {
    const { seen } = await strike(anthropic, { type: 'error-event' }, { stream: true });
    expect(seen.text).toMatch(
      /event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error","message":"Overloaded"\},"request_id":"req_\w+"\}\n\n$/,
    );
    simulator.reset();
    const status = await strike(anthropic, { type: 'status', status: 529 }, { stream: true });
    expect(JSON.parse(status.seen.text).error.type).toBe('overloaded_error');
    expect(status.seen.headers['x-should-retry']).toBe('true');
  });

  test('Google ends a failing stream with the bare error, or with an event when told to', async () => {
    const { seen } = await strike(gemini, { type: 'error-event' }, { stream: true });
    expect(JSON.parse(seen.text.slice(seen.text.lastIndexOf('\r\n\r\n')))).toMatchObject({
      error: { code: 503, status: 'UNAVAILABLE' },
    });
    simulator.reset();
    const framed = await strike(gemini, { type: 'error-event', framing: 'event' }, { stream: true });
    expect(eventData(framed.seen.text).at(-1)).toMatchObject({ error: { status: 'UNAVAILABLE' } });
  });

  test('Google says in the body when to come back', async () => {
    const fault = { type: 'status', status: 429, retryAfter: { form: 'body', seconds: 7 } } as const;
    const { seen } = await strike(gemini, fault, { stream: false });
    expect(seen.headers['retry-after']).toBeUndefined();
    expect(JSON.parse(seen.text).error).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }],
    });
  });
});
