import { DecisionOutcome } from '@switchyard/contracts/routing';
import { createLogger } from '@switchyard/service-kit';
import { afterEach, expect, test, vi } from 'vitest';
import type { CountedVariant, EndedAssignment } from '../src/domain/experiment/counted-variant.ts';
import { ExperimentTallies } from '../src/runtime/experiment-tallies.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const opened: ExperimentTallies[] = [];

afterEach(async () => {
  for (const tallies of opened.splice(0)) await tallies.dispose();
});

/** A store that may be away; what it took, and what was dropped. */
function openTallies() {
  const store = {
    isAway: false,
    taken: [] as CountedVariant[],
    add: async (counted: readonly CountedVariant[]) => {
      if (store.isAway) throw new Error('away');
      store.taken.push(...counted);
    },
  };
  let dropped = 0;
  const tallies = new ExperimentTallies({ store, log, onDropped: (requests) => (dropped += requests) });
  opened.push(tallies);
  return { store, tallies, dropped: () => dropped };
}

const ended = (change: Partial<EndedAssignment> = {}, variant = 'control'): EndedAssignment => ({
  assignment: { experiment: 'e1', owner: '', variant, group: 0 },
  outcome: DecisionOutcome.COMPLETE,
  costNanoUsd: 3n,
  durationMs: 10,
  ...change,
});

test('requests of one variant are added up before they are stored', async () => {
  const { store, tallies } = openTallies();
  tallies.count(ended());
  tallies.count(ended({ costNanoUsd: 5n, durationMs: 20 }));
  tallies.count(ended({ outcome: DecisionOutcome.FALLBACK_SUCCESS, costNanoUsd: undefined }));
  tallies.count(ended({ outcome: DecisionOutcome.FALLBACK_EXHAUSTED }));
  tallies.count(ended({ outcome: DecisionOutcome.REFUSED }));
  tallies.count(ended({ outcome: DecisionOutcome.BROKEN_STREAM }));
  tallies.count(ended({ outcome: DecisionOutcome.CANCELLED }));
  await tallies.dispose();
  expect(store.taken).toEqual([
    {
      experiment: 'e1',
      owner: '',
      variant: 'control',
      group: 0,
      requests: 6,
      failures: 3,
      cost: { count: 2, sum: 8, sumOfSquares: 34 },
      latency: { count: 3, sum: 40, sumOfSquares: 600 },
    },
  ]);
});

test('groups of one variant are counted by themselves', async () => {
  const { store, tallies } = openTallies();
  for (const group of [7, 8, 7])
    tallies.count(ended({ assignment: { experiment: 'e1', owner: '', variant: 'control', group } }));
  await tallies.dispose();
  expect(store.taken.map(({ group, requests }) => [group, requests])).toEqual([
    [7, 2],
    [8, 1],
  ]);
});

test('what cannot be stored waits and is stored once, later', async () => {
  const { store, tallies } = openTallies();
  store.isAway = true;
  tallies.count(ended());
  await tallies.dispose();
  expect(store.taken).toEqual([]);
  tallies.count(ended());
  store.isAway = false;
  await tallies.dispose();
  await tallies.dispose();
  expect(store.taken.map(({ requests }) => requests)).toEqual([2]);
});

test('counts go to the store by themselves', async () => {
  const { store, tallies } = openTallies();
  tallies.count(ended());
  await vi.waitFor(() => expect(store.taken).toHaveLength(1), { timeout: 20_000 });
});

test('at most 10,000 variants wait; requests of further ones are dropped and told, those of known ones still count', async () => {
  const { store, tallies, dropped } = openTallies();
  store.isAway = true;
  for (let i = 0; i < 10_003; i++) tallies.count(ended({}, `v${i}`));
  tallies.count(ended({}, 'v0'));
  expect(dropped()).toBe(3);
  await tallies.dispose();
  expect(dropped()).toBe(3);
  store.isAway = false;
  await tallies.dispose();
  expect(store.taken).toHaveLength(10_000);
  expect(store.taken[0]).toMatchObject({ variant: 'v0', requests: 2 });
});
