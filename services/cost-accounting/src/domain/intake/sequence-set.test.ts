import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAhead, EMPTY_SEQUENCES, hasSequence, type SequenceSet, withSequences } from './sequence-set.ts';

const numbers = fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }), { maxLength: 12 });

const afterAll = (batches: number[][]): SequenceSet => batches.reduce(withSequences, EMPTY_SEQUENCES);

describe('a set of committed numbers', () => {
  it('has what was added, in whatever order and however often, and nothing else', () => {
    fc.assert(
      fc.property(numbers, (batches) => {
        const added = new Set(batches.flat());
        const set = afterAll(batches);
        for (let n = 0; n <= 61; n++) expect(hasSequence(set, n)).toBe(added.has(n));
      }),
    );
  });

  it('has the highest gapless number as its watermark, and counts what is behind the gap', () => {
    fc.assert(
      fc.property(numbers, (batches) => {
        const added = new Set(batches.flat());
        let gapless = 0;
        while (added.has(gapless + 1)) gapless++;
        const set = afterAll(batches);
        expect(set.watermark).toBe(gapless);
        expect(countAhead(set)).toBe(added.size - gapless);
      }),
    );
  });

  it('keeps ranges apart, so that it stays as small as its gaps', () => {
    fc.assert(
      fc.property(numbers, (batches) => {
        const { watermark, ahead } = afterAll(batches);
        let end = watermark;
        for (const { from, to } of ahead) {
          expect(from).toBeGreaterThan(end + (end === watermark ? 1 : 0));
          expect(to).toBeGreaterThan(from);
          end = to;
        }
      }),
    );
  });

  it('closes a gap', () => {
    const behind = withSequences(EMPTY_SEQUENCES, [1, 2, 5, 6, 9]);
    expect(behind).toEqual({
      watermark: 2,
      ahead: [
        { from: 5, to: 7 },
        { from: 9, to: 10 },
      ],
    });
    expect(withSequences(behind, [4, 3])).toEqual({ watermark: 6, ahead: [{ from: 9, to: 10 }] });
  });
});
