import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sameDay } from './same-day.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

test.each([
  ['2026-11-30T23:59:59.900Z', true],
  ['2026-11-30T23:59:00.000Z', false],
  ['2026-12-01T00:00:00.000Z', false],
])('at %s it is waited for the next day: %s', async (now, waits) => {
  vi.setSystemTime(new Date(now));
  let isOver = false;
  const over = sameDay().then(() => (isOver = true));
  await Promise.resolve().then(() => undefined);
  expect(isOver).toBe(!waits);
  await over;
});
