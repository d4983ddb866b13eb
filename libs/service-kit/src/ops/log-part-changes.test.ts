import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { logPartChanges } from './log-part-changes.ts';
import { Readiness } from './readiness.ts';

let lines: string[];
let isUp: boolean;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  isUp = true;
  const readiness = new Readiness();
  readiness.want('nats', () => ({ ok: isUp, detail: isUp ? 'connected' : 'gone' }));
  stop = logPartChanges(readiness, pino({}, { write: (line: string) => void lines.push(line) }));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

const told = () =>
  lines.map((line) => JSON.parse(line)).map(({ level, part, detail }) => [level, part, detail]);
const WARN = 40;
const INFO = 30;

test('a part that falls out of order is told once, and once when it is back', () => {
  vi.advanceTimersByTime(5_000);
  expect(told()).toEqual([]);
  isUp = false;
  vi.advanceTimersByTime(10_000);
  expect(told()).toEqual([[WARN, 'nats', 'gone']]);
  isUp = true;
  vi.advanceTimersByTime(10_000);
  expect(told()).toEqual([
    [WARN, 'nats', 'gone'],
    [INFO, 'nats', 'connected'],
  ]);
});

test('one check that differs is not yet a change', () => {
  isUp = false;
  vi.advanceTimersByTime(1_000);
  isUp = true;
  vi.advanceTimersByTime(5_000);
  expect(told()).toEqual([]);
});
