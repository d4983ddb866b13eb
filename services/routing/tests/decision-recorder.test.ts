import { Decision, DecisionOutcome } from '@switchyard/contracts/routing';
import { createLogger } from '@switchyard/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DecisionRecorder } from '../src/adapters/decision-recorder.ts';
import type { PostgresDecisions } from '../src/adapters/postgres-decisions.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const recorderOf = (
  store: Pick<PostgresDecisions, 'insert' | 'removeOlderThan'>,
  onDropped: (count: number) => void = () => {},
) =>
  new DecisionRecorder({
    store: store as PostgresDecisions,
    random: () => 0,
    samplePermille: 1_000,
    retentionMs: 1_000,
    log: createLogger({ service: 'test', level: 'silent' }),
    onDropped,
  });
const decision = (requestId: string) =>
  Decision.fromPartial({ requestId, tenant: 't', outcome: DecisionOutcome.COMPLETE });

test('while the database is away it is asked once a second, and gets everything when it is back', async () => {
  let isAway = true;
  const tries: string[][] = [];
  const recorder = recorderOf({
    insert: async (decisions) => {
      tries.push(decisions.map(({ requestId }) => requestId));
      if (isAway) throw new Error('away');
    },
    removeOlderThan: async () => 'none left',
  });
  for (let second = 0; second < 5; second++) {
    recorder.record(decision(`r${second}`));
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(tries.length).toBeLessThanOrEqual(5);
  isAway = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(tries.at(-1)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
  await recorder.dispose();
});

test('a decision that the database will never take keeps no other one waiting', async () => {
  const stored: string[] = [];
  const dropped: number[] = [];
  const recorder = recorderOf(
    {
      insert: async (decisions) => {
        if (decisions.some(({ tenant }) => tenant.includes('\0')))
          throw Object.assign(new Error('invalid byte sequence'), { code: '22021' });
        stored.push(...decisions.map(({ requestId }) => requestId));
      },
      removeOlderThan: async () => 'none left',
    },
    (count) => dropped.push(count),
  );
  for (let i = 0; i < 20; i++) recorder.record({ ...decision(`r${i}`), tenant: i === 7 ? 'a\0b' : 't' });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(stored).toEqual(Array.from({ length: 20 }, (_, i) => `r${i}`).filter((id) => id !== 'r7'));
  expect(dropped).toEqual([1]);
  await recorder.dispose();
});

test('cleaning goes on until nothing old is left', async () => {
  let rounds = 0;
  const recorder = recorderOf({
    insert: async () => {},
    removeOlderThan: async () => (++rounds < 7 ? 'more' : 'none left'),
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(rounds).toBe(7);
  await recorder.dispose();
});
