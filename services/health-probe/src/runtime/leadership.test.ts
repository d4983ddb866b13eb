import { createLogger } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import type { HealthStore } from '../ports.ts';
import { Leadership } from './leadership.ts';

const log = createLogger({ service: 'test', level: 'silent' });

/** A lease in the test's hands, and how long asking for it takes. */
function make(answer: { held: boolean; tookMs?: number; fails?: boolean }) {
  let nowMs = 0;
  const asked = Promise.withResolvers<void>();
  const store = {
    renewLease: async () => {
      nowMs += answer.tookMs ?? 0;
      asked.resolve();
      if (answer.fails) throw new Error('no database');
      return answer.held;
    },
    releaseLease: async () => {},
  } as unknown as HealthStore;
  const clock = { wallMs: () => 0, monotonicMs: () => nowMs };
  const leadership = new Leadership({ store, holder: { owner: 'me' }, leaseMs: 10_000, clock, log });
  return {
    leadership,
    asked: asked.promise.then(() => new Promise((resolve) => setImmediate(resolve))),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('whoever holds the lease leads, for less time than the database grants', async () => {
  const { leadership, asked, pass } = make({ held: true });
  await asked;
  expect(leadership.isLeader).toBe(true);
  pass(7_999);
  expect(leadership.isLeader).toBe(true);
  // A process that stood still for longer finds out before it does anything.
  pass(1);
  expect(leadership.isLeader).toBe(false);
  await leadership.close();
});

test('the time counts from before the database was asked', async () => {
  const { leadership, asked, pass } = make({ held: true, tookMs: 5_000 });
  await asked;
  pass(2_999);
  expect(leadership.isLeader).toBe(true);
  pass(1);
  expect(leadership.isLeader).toBe(false);
  await leadership.close();
});

test.each([{ held: false }, { held: false, fails: true }])('with %j it does not lead', async (answer) => {
  const { leadership, asked } = make(answer);
  await asked;
  expect(leadership.isLeader).toBe(false);
  expect(leadership.isReachable).toBe(answer.fails !== true);
  await leadership.close();
});
