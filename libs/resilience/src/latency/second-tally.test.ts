import fc from 'fast-check';
import { expect, test } from 'vitest';
import { continueRun, mergedTrailingFailures, NO_RUN, type RunCounts } from './second-tally.ts';

/** true: success. */
type Outcomes = readonly boolean[];

function trailing(outcomes: Outcomes): number {
  return outcomes.length - 1 - outcomes.lastIndexOf(true);
}

function countsOf(outcomes: Outcomes): RunCounts {
  const successes = outcomes.filter(Boolean).length;
  return { successes, failures: outcomes.length - successes, trailingFailures: trailing(outcomes) };
}

const outcomes = fc.array(fc.boolean(), { maxLength: 12 });
const interleaved = fc.tuple(outcomes, outcomes, fc.infiniteStream(fc.boolean())).map(([a, b, order]) => {
  const both: boolean[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && order.next().value === true);
    both.push((fromA ? a[i++] : b[j++]) as boolean);
  }
  return { a, b, both };
});

test('the merged run is never longer than the true one, in whatever order the replicas’ calls came', () => {
  fc.assert(
    fc.property(interleaved, ({ a, b, both }) => {
      expect(mergedTrailingFailures(countsOf(a), countsOf(b))).toBeLessThanOrEqual(trailing(both));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['only failures on both sides', [false, false], [false], 3],
  ['a replica without calls', [true, false, false], [], 2],
  ['failures beside a replica that had a success', [false, false], [true, false], 1],
  ['successes in both', [true, false, false], [true, false], 1],
  ['a success last in one of them', [true, false, false], [true], 0],
])('%s', (_, a, b, expected) => {
  expect(mergedTrailingFailures(countsOf(a), countsOf(b))).toBe(expected);
  expect(mergedTrailingFailures(countsOf(b), countsOf(a))).toBe(expected);
});

test('a run over seconds equals the run over their calls, for failures exactly, for successes at most', () => {
  fc.assert(
    fc.property(fc.array(outcomes, { maxLength: 10 }), (seconds) => {
      const run = seconds.map(countsOf).reduce(continueRun, NO_RUN);
      const all = seconds.flat();
      expect(run.consecutiveFailures).toBe(trailing(all));
      expect(run.consecutiveSuccesses).toBeLessThanOrEqual(trailing(all.map((success) => !success)));
    }),
  );
});
