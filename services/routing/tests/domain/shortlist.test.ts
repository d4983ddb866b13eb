import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Choice, decide } from '../../src/domain/decide/decide.ts';
import { TermBook } from '../../src/domain/snapshot/term-book.ts';
import { decideInputs } from './decide-inputs.ts';

const keys = ({ ranked }: Choice) => ranked.map(({ key }) => key);

const aTerm = fc.record({
  provider: fc.constantFrom('', 'a', 'b', 'c'),
  model: fc.constantFrom('', '', 'm1', 'm50'),
  discountPpm: fc.constantFrom(0, 100_000, 900_000),
  prices: fc.constantFrom({}, {}, {}, { input: 1n, output: 2n }, { output: 90_000_000_000n }),
});

/** Terms of the tenant's that hold now, or none. */
const reprices = fc.array(aTerm, { maxLength: 3 }).map((terms) =>
  new TermBook(
    terms.map((term, i) => ({
      ...{ ...term, id: `${i}`, tenant: 't', windows: [], timeZone: 'UTC' },
      ...{ fromMs: 0, untilMs: Number.POSITIVE_INFINITY },
    })),
  ).repriceFor('t', 1),
);

test('a choice among many begins as one that looks at all, under every strategy, whatever the tenant is charged', () => {
  fc.assert(
    fc.property(decideInputs({ minLength: 90, maxLength: 200 }), reprices, (drawn, reprice) => {
      const input = { ...drawn, reprice };
      const all = decide({ ...input, look: 'all' });
      const enough = decide({ ...input, look: 'enough' });
      expect(keys(enough)[0]).toBe(keys(all)[0]);
      expect(enough.scores[0]).toBe(all.scores[0]);
      expect(enough.propensity).toBe(all.propensity);
      // What follows is in the same order, too.
      const listed = new Set(keys(enough));
      expect(keys(all).filter((key) => listed.has(key))).toEqual(keys(enough));
      // Everything is accounted for, and where there is more than one provider, so there is in the list.
      expect(enough.ranked.length + enough.excluded.length + enough.unseen).toBe(
        all.ranked.length + all.excluded.length,
      );
      const providers = ({ ranked }: Choice) => new Set(ranked.map(({ provider }) => provider.key)).size;
      expect(providers(enough)).toBeGreaterThanOrEqual(Math.min(3, providers(all)));
      expect(enough.ranked.length).toBeGreaterThanOrEqual(Math.min(8, all.ranked.length));
    }),
    { numRuns: 400 },
  );
});
