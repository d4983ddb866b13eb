import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_CANDIDATES } from '../../src/domain/decide/max-candidates.ts';
import { replay } from '../../src/domain/decide/replay.ts';
import { decideInputs, STRATEGIES } from './decide-inputs.ts';
import { expectSameChoice } from './expect-same-choice.ts';
import { needs, offering, snapshotOf, working } from './offerings.ts';
import { recordOf } from './record-of.ts';

test.each(['all', 'enough'] as const)(
  'a decision that looked at %s is made again from its record alone, bit for bit',
  (look) => {
    fc.assert(
      fc.property(decideInputs({ minLength: 1, maxLength: 150 }), (input) => {
        expectSameChoice(recordOf({ ...input, look }));
      }),
      { numRuns: 300 },
    );
  },
);

test('the order in which a record lists its candidates does not matter', () => {
  fc.assert(
    fc.property(decideInputs({ minLength: 1, maxLength: 60 }), (input) => {
      const stored = recordOf({ ...input, look: 'all' });
      const backwards = replay({ ...stored, candidates: stored.candidates.toReversed() });
      expect(backwards).toEqual(replay(stored));
    }),
  );
});

test.each(STRATEGIES)(
  'a decision among more providers than a record lists is made again, under strategy %i',
  (strategy) => {
    const count = MAX_CANDIDATES + 40;
    const all = Array.from({ length: count }, (_, i) => {
      const prices = { input: BigInt(1 + ((i * 37) % count)) * 1_000_000n, output: 1_000_000n };
      return offering({ provider: `p${i}`, weight: 1 + i, priority: i % 7, prices });
    });
    for (let seed = 0n; seed < 20n; seed++) {
      const input = { needs: needs({ strategy }), snapshot: snapshotOf(all), stateOf: working, seed };
      expectSameChoice(recordOf({ ...input, look: 'all', measured: () => [] }));
    }
  },
);
