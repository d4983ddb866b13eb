import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replay } from '../../src/domain/decide/replay.ts';
import { decideInputs } from './decide-inputs.ts';
import { expectSameChoice } from './expect-same-choice.ts';
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
