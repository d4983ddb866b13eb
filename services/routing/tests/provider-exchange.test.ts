import type { Dispatcher } from 'undici';
import { beforeEach, expect, test, vi } from 'vitest';
import { ProviderExchange } from '../src/transport/provider-exchange.ts';

const LEFT = new Error('left');
const KIB = 1024;

let calls: string[];
let exchange: ProviderExchange;

/** What undici does, noted. */
const controller = {
  pause: () => void calls.push('pause'),
  resume: () => void calls.push('resume'),
  abort: (reason: Error) => void calls.push(`abort: ${reason.message}`),
} as unknown as Dispatcher.DispatchController;

const came = (bytes: number) => exchange.onResponseData(controller, Buffer.alloc(bytes));

beforeEach(() => {
  calls = [];
  exchange = new ProviderExchange(() => void calls.push('sending'));
});

function begin(): void {
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, {});
}

test('an informational answer is not the answer', async () => {
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 103, {});
  exchange.onResponseStart(controller, 200, { 'content-type': 'text/plain' });
  expect(await exchange.head).toEqual({ status: 200, headers: { 'content-type': 'text/plain' } });
});

test('what is here is given at once, what is not is awaited, and the end is told', async () => {
  begin();
  came(3);
  expect(exchange.next()).toEqual(Buffer.alloc(3));
  const next = exchange.next();
  came(5);
  expect(await next).toEqual(Buffer.alloc(5));
  const last = exchange.next();
  exchange.onResponseEnd();
  expect(await last).toBeUndefined();
  expect(exchange.next()).toBeUndefined();
});

test('a provider that writes faster than its answer is read waits, and goes on', () => {
  begin();
  came(40 * KIB);
  expect(calls).toEqual(['sending']);
  came(40 * KIB);
  expect(calls).toEqual(['sending', 'pause']);
  void exchange.next();
  expect(calls).toEqual(['sending', 'pause', 'resume']);
});

test('pieces that came before it broke off are read first', async () => {
  begin();
  came(3);
  exchange.onResponseError(controller, new Error('reset'));
  expect(await exchange.next()).toEqual(Buffer.alloc(3));
  expect(() => exchange.next()).toThrow('reset');
});

test('what is ended before it has a connection uses none, and nobody is told of sending', async () => {
  exchange.end(LEFT);
  exchange.onRequestStart(controller);
  expect(calls).toEqual(['abort: left']);
  await expect(exchange.head).rejects.toBe(LEFT);
});

test('whoever waits for a piece hears that it was ended', async () => {
  begin();
  const next = exchange.next();
  exchange.end(LEFT);
  await expect(next).rejects.toBe(LEFT);
  expect(calls).toEqual(['sending', 'abort: left']);
});

test('after the last event the connection is kept where the body ends soon, else closed', () => {
  vi.useFakeTimers();
  try {
    begin();
    exchange.leaveAfterLast(LEFT);
    came(100 * KIB);
    exchange.onResponseEnd();
    vi.advanceTimersByTime(10_000);
    expect(calls).toEqual(['sending', 'resume']);

    calls = [];
    exchange = new ProviderExchange(() => undefined);
    begin();
    exchange.leaveAfterLast(LEFT);
    vi.advanceTimersByTime(10_000);
    expect(calls).toEqual(['resume', 'abort: left']);
  } finally {
    vi.useRealTimers();
  }
});
