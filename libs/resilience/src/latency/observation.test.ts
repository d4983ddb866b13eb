import { expect, test } from 'vitest';
import { type Observation, parseObservation } from './observation.ts';
import { ObservationRecorder } from './observation-recorder.ts';

const GOOD: Observation = {
  successes: 3,
  failures: { rate_limited: 2 },
  trailingFailures: 1,
  latencyBuckets: { 100: 2, 101: 1 },
  totalLatencySumMs: 30,
};

test('takes an observation whose figures can be true', () => {
  expect(parseObservation(GOOD)).toBe(GOOD);
});

test.each<[string, Partial<Observation>]>([
  ['a negative count', { successes: -1 }],
  ['half a call', { failures: { overloaded: 0.5 }, trailingFailures: 0 }],
  ['more failures at the end than failures', { trailingFailures: 3 }],
  ['more latencies than successes', { latencyBuckets: { 100: 4 } }],
  ['a bucket above the scale', { latencyBuckets: { 404: 1 } }],
  ['a bucket below the scale', { latencyBuckets: { '-1': 1 } }],
  ['a bucket that is no number', { latencyBuckets: { x: 1 } as never }],
  ['a sum that is no number', { totalLatencySumMs: Number.NaN }],
  [
    'more error classes than are ever sent',
    { failures: Object.fromEntries(Array.from({ length: 34 }, (_, i) => [i, 1])) },
  ],
])('refuses %s', (_, change) => {
  expect(parseObservation({ ...GOOD, ...change })).toBeUndefined();
});

test('the recorder gives what was counted since the last time, and passes its own check', () => {
  const recorder = new ObservationRecorder();
  recorder.recordFailure('overloaded');
  recorder.recordSuccess({ latencyMs: 20, totalLatencyMs: 50 });
  recorder.recordFailure('timeout');
  recorder.recordFailure('timeout');
  const observation = recorder.take() as Observation;
  expect(observation).toEqual({
    successes: 1,
    failures: { overloaded: 1, timeout: 2 },
    trailingFailures: 2,
    latencyBuckets: { 133: 1 },
    totalLatencySumMs: 50,
  });
  expect(parseObservation(observation)).toBe(observation);
  expect(recorder.take()).toBeUndefined();
});

test('tells 32 error classes apart and counts the rest together', () => {
  const recorder = new ObservationRecorder();
  for (let i = 0; i < 100; i += 1) recorder.recordFailure(`class-${i}`);
  const { failures } = recorder.take() as Observation;
  expect(Object.keys(failures)).toHaveLength(33);
  expect(failures.other).toBe(68);
});

test('merges as if one replica had seen it all', () => {
  const [a, b, both] = [new ObservationRecorder(), new ObservationRecorder(), new ObservationRecorder()];
  for (const recorder of [a, both]) recorder.recordFailure('timeout');
  for (const recorder of [b, both]) recorder.recordFailure('reset');
  for (const recorder of [b, both]) recorder.recordFailure('timeout');
  a.merge(b.take() as Observation);
  expect(a.take()).toEqual(both.take());
});
