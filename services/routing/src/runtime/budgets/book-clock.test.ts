import { expect, test } from 'vitest';
import { BookClock } from './book-clock.ts';

const START = Date.UTC(2026, 10, 30);

/** A clock that is set by hand. */
function handClock() {
  const time = { wall: START, monotonic: 5_000 };
  return {
    clock: { wallMs: () => time.wall, monotonicMs: () => time.monotonic },
    pass(ms: number, wall = ms) {
      time.monotonic += ms;
      time.wall += wall;
    },
  };
}

test('windows go by what cost-accounting said and the monotonic clock, however the wall clock is set', () => {
  const { clock, pass } = handClock();
  const book = new BookClock(clock);
  book.set({ nowMs: 1_000_000, asked: book.own() });
  pass(100, 600_000);
  expect(book.now().wallMs).toBe(1_000_100);
  pass(100, -1_200_000);
  expect(book.now().wallMs).toBe(1_000_200);
});

test('leases grow old by what the wall clock jumped ahead, once, and never get younger', () => {
  const { clock, pass } = handClock();
  const book = new BookClock(clock);
  const { monotonicMs } = book.now();
  pass(100, 600_000);
  expect(book.now().monotonicMs - monotonicMs).toBe(600_000);
  pass(100, -600_000);
  expect(book.now().monotonicMs - monotonicMs).toBe(600_100);
});

test('that a wall clock counts whole milliseconds, and runs a little fast, adds up to nothing', () => {
  const { clock, pass } = handClock();
  const book = new BookClock(clock);
  const { monotonicMs } = book.now();
  for (let i = 0; i < 10_000; i++) {
    pass(0.1, i % 10 === 9 ? 1 : 0);
    book.now();
  }
  expect(book.now().monotonicMs - monotonicMs).toBeCloseTo(1_000, 5);
});
