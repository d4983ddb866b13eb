import { EventEmitter, getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { awaitDrain } from './await-drain.ts';

const never = () => new AbortController().signal;

test('the wait ends when the buffer is empty, and leaves no listener', async () => {
  const writable = new EventEmitter();
  const signal = never();
  const waiting = awaitDrain(writable, signal);
  writable.emit('drain');
  await waiting;
  expect(writable.listenerCount('drain')).toBe(0);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('the wait ends when the caller goes away, before or while it lasts', async () => {
  const abort = new AbortController();
  const waiting = awaitDrain(new EventEmitter(), abort.signal);
  abort.abort();
  await waiting;
  await awaitDrain(new EventEmitter(), abort.signal);
});

test('a caller that reads nothing is given up', async () => {
  const writable = new EventEmitter();
  await expect(awaitDrain(writable, never(), 20)).rejects.toMatchObject({ reason: 'READER_STALLED' });
  expect(writable.listenerCount('drain')).toBe(0);
});
