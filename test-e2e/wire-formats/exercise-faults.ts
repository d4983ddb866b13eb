import type { Fault } from '@switchyard/testkit/simulator';
import { expect, test } from 'vitest';
import { callForEvents, callOnce } from './call-simulator.ts';
import { user } from './conversations.ts';
import { type FormatBench, finishOf, inputOf, messageOf } from './format-bench.ts';

/** A fault, and the class of error that it must become, whole and streamed. */
export type ClassifiedFault = readonly [expected: string, fault: Fault];

const HELLO = inputOf({ messages: [user('hello')] });
/** More events than any stream here has. */
const MAX_EVENTS = 100;

const IN_EVERY_FORMAT: readonly ClassifiedFault[] = [
  ['invalid_request', { type: 'status', status: 400 }],
  ['authentication', { type: 'status', status: 401 }],
  ['permission', { type: 'status', status: 403 }],
  ['not_found', { type: 'status', status: 404 }],
  ['rate_limited', { type: 'status', status: 429 }],
  ['server_error', { type: 'status', status: 500 }],
  ['server_error', { type: 'status', status: 502, body: '<html>Bad Gateway</html>' }],
  ['overloaded', { type: 'status', status: 503, body: '' }],
  ['overloaded', { type: 'status', status: 529, body: 'no JSON {' }],
  ['invalid_response', { type: 'garbage' }],
  ['invalid_response', { type: 'wrong-content-type' }],
];

/** What every wire format must make of failures; `more` are those of its own. */
export function exerciseFaults(bench: FormatBench, more: readonly ClassifiedFault[]): void {
  test.each([...IN_EVERY_FORMAT, ...more])('%s, whole and streamed: %j', async (expected, fault) => {
    bench.fail(fault);
    expect(await callOnce(bench.target, HELLO)).toMatchObject({ ok: false, error: { class: expected } });
    const events = await callForEvents(bench.target, HELLO);
    expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: expected } });
    expect(events.some(({ kind }) => kind === 'finish')).toBe(false);
  });
  exerciseRetryAfter(bench);
  exerciseBreaks(bench);
  exerciseSlowness(bench);
  exerciseRefusals(bench);
}

function exerciseRetryAfter(bench: FormatBench): void {
  test.each(['seconds', 'ms', 'http-date'] as const)('when to come back, said by %s', async (form) => {
    const retryAfter = { form, seconds: 20 };
    bench.fail({ type: 'status', status: 429, retryAfter });
    const result = await callOnce(bench.target, HELLO);
    const retryAfterMs = result.ok ? undefined : result.error.retryAfterMs;
    // A date has no milliseconds, and time has passed since it was written.
    if (form !== 'http-date') expect(retryAfterMs).toBe(20_000);
    else expect(Math.abs((retryAfterMs ?? 0) - 20_000)).toBeLessThan(5_000);
  });
}

function exerciseBreaks(bench: FormatBench): void {
  test('a stream that ends before its end is broken, wherever it ends', async () => {
    for (let afterChunks = 0; ; afterChunks++) {
      bench.fail({ type: 'truncate', afterChunks });
      const events = await callForEvents(bench.target, HELLO);
      if ((await bench.lastCall()).outcome === 'complete') {
        expect(finishOf(events)).toBeDefined();
        expect(afterChunks).toBeGreaterThan(5);
        return;
      }
      expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
      expect(events.some(({ kind }) => kind === 'finish')).toBe(false);
      expect(afterChunks).toBeLessThan(MAX_EVENTS);
    }
  });

  test.each([0, 1, 40, 200])('a whole answer that ends after %d bytes is invalid', async (afterBytes) => {
    bench.fail({ type: 'truncate', afterBytes });
    expect(await callOnce(bench.target, HELLO)).toMatchObject({
      ok: false,
      error: { class: 'invalid_response' },
    });
  });

  test.each<Fault>([
    { type: 'reset' },
    { type: 'reset', afterChunks: 3 },
    { type: 'truncate', afterChunks: 3, ending: 'cut' },
  ])('a connection that ends is no answer: %j', async (fault) => {
    bench.fail(fault);
    await expect(callOnce(bench.target, HELLO)).rejects.toThrow();
    await expect(callForEvents(bench.target, HELLO)).rejects.toThrow();
  });

  test('without a report, usage stays unknown, and the answer is whole', async () => {
    bench.fail({ type: 'omit-usage' });
    const { message, usage } = await bench.whole(HELLO);
    const events = await callForEvents(bench.target, HELLO);
    expect([usage, finishOf(events).usage]).toEqual([undefined, undefined]);
    expect(messageOf(events)).toEqual(message);
  });
}

function exerciseSlowness(bench: FormatBench): void {
  test.each<Fault>([
    { type: 'stall', forMs: 50 },
    { type: 'stall', afterChunks: 3, forMs: 50 },
    { type: 'slow-bytes', bytesPerSecond: 200_000 },
    { type: 'delay', firstTokenMs: 20, perTokenMs: 1 },
  ])('what comes slowly, in whatever pieces, is the same: %j', async (fault) => {
    const { message } = await bench.whole(HELLO);
    bench.fail(fault);
    const { message: slow } = await bench.whole(HELLO);
    const events = await callForEvents(bench.target, HELLO);
    expect(finishOf(events)).toBeDefined();
    expect([slow, messageOf(events)]).toEqual([message, message]);
  });
}

function exerciseRefusals(bench: FormatBench): void {
  const long = inputOf({ messages: [user('many words '.repeat(50))] }, 'tiny');
  test.each([
    { name: 'a wrong key', expected: 'authentication', at: () => ({ key: bench.wrongKey }) },
    {
      name: 'an address that is not there',
      expected: 'not_found',
      at: () => ({ baseUrl: bench.urlOf('/v0') }),
    },
    { name: 'a model that is not there', expected: 'not_found', input: { ...HELLO, model: 'nobody' } },
    { name: 'a prompt that does not fit', expected: 'context_length', input: long },
  ])('$name is told apart: $expected', async ({ expected, at, input = HELLO }) => {
    const target = { ...bench.target, ...at?.() };
    expect(await callOnce(target, input)).toMatchObject({ ok: false, error: { class: expected } });
    const events = await callForEvents(target, input);
    expect(events).toMatchObject([{ kind: 'error', error: { class: expected } }]);
  });
}
