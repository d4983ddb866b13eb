import { LineKind, UsageRecord } from '@switchyard/contracts/events';
import { DecisionOutcome } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { type AttemptEnd, bookAttempt } from '../../src/domain/booking.ts';

const prices = { input: 3_000_000_000n, output: 15_000_000_000n, cacheRead: 300_000_000n };
const held = UsageRecord.fromPartial({
  attemptId: 'a',
  line: LineKind.UNRESOLVED,
  costNanoUsd: 99n,
  holdNanoUsd: 99n,
});
const end: AttemptEnd = {
  outcome: 'ok',
  delivered: true,
  usage: { inputTokens: 1_000, outputTokens: 100, cacheReadTokens: 400, estimated: false },
  mayHaveWorked: true,
  estimate: { inputTokens: 900, outputTokens: 40 },
  httpStatus: 200,
  durationUs: 5,
  firstTokenUs: 3,
  requestOutcome: DecisionOutcome.COMPLETE,
};
const offering = { prices, tiers: [] };
const book = (change: Partial<AttemptEnd>) => bookAttempt({ held, end: { ...end, ...change }, offering });

test('an answer is charged by what the provider reported', () => {
  // 600 × 3 + 400 × 0.3 + 100 × 15 = 1,800 + 120 + 1,500 USD per million
  expect(book({})).toMatchObject({
    line: LineKind.CHARGE,
    costNanoUsd: 3_420_000n,
    usage: { estimated: false },
  });
});

test('a refusal by the provider costs nothing and is waste', () => {
  const booked = book({ outcome: 'server_error', delivered: false, usage: undefined, mayHaveWorked: false });
  expect(booked).toMatchObject({ line: LineKind.WASTE, costNanoUsd: 0n, usage: undefined });
});

test('an attempt whose outcome is unknown is waste at its estimate, marked as such', () => {
  const booked = book({ outcome: 'timeout', delivered: false, usage: undefined });
  // 900 × 3 + 40 × 15
  expect(booked).toMatchObject({ line: LineKind.WASTE, costNanoUsd: 3_300_000n, usage: { estimated: true } });
});

test('a stream that was cut after the provider told its input is charged by that and what was delivered', () => {
  const usage = { inputTokens: 1_000, cacheReadTokens: 400, estimated: false };
  const booked = book({ outcome: 'cancelled', usage });
  // 600 × 3 + 400 × 0.3 + 40 × 15
  expect(booked).toMatchObject({
    line: LineKind.CHARGE,
    costNanoUsd: 2_520_000n,
    usage: { outputTokens: 40, estimated: true },
  });
});

test('without a price the cost is unknown, never zero', () => {
  const unpriced = { held, offering: { prices: undefined, tiers: [] } };
  expect(bookAttempt({ ...unpriced, end }).costNanoUsd).toBeUndefined();
  const unused = { ...end, usage: undefined, mayHaveWorked: false };
  expect(bookAttempt({ ...unpriced, end: unused }).costNanoUsd).toBe(0n);
});

test('a pool’s baseline tells what the same usage would have cost more there, for answers that were delivered', () => {
  const at = (input: bigint, change: Partial<AttemptEnd> = {}) =>
    bookAttempt({
      ...{ held, end: { ...end, ...change }, offering },
      baseline: { prices: { ...prices, input }, tiers: [] },
    }).savedNanoUsd;
  // 600 × (5 − 3) USD per million
  expect(at(5_000_000_000n)).toBe(1_200_000n);
  expect(at(3_000_000_000n)).toBeUndefined();
  expect(at(1_000_000_000n)).toBeUndefined();
  expect(at(5_000_000_000n, { delivered: false })).toBeUndefined();
  expect(at(5_000_000_000n, { usage: undefined, mayHaveWorked: false })).toBeUndefined();
  expect(book({}).savedNanoUsd).toBeUndefined();
});
