import { expect, test } from 'vitest';
import { MUTANTS, type Mutant } from './mutants.ts';
import { type SimulationResult, simulate } from './simulate.ts';

const STEPS = 250;

function run(
  schedules: number,
  mutant?: Mutant,
): { first: string | undefined; made: number; crashes: number } {
  let made = 0;
  let crashes = 0;
  for (let seed = 0; seed < schedules; seed++) {
    const result: SimulationResult = simulate({
      seed: BigInt(seed),
      steps: STEPS,
      ...(mutant && { mutant }),
    });
    made += result.made;
    crashes += result.crashes;
    if (result.violation !== undefined) return { first: `seed ${seed}: ${result.violation}`, made, crashes };
  }
  return { first: undefined, made, crashes };
}

test('10,000 schedules of attempts, crashes, lost and doubled messages, and jumping clocks overspend nothing and lose nothing', {
  timeout: 300_000,
}, () => {
  const { first, made, crashes } = run(10_000);
  expect(first).toBeUndefined();
  // A schedule in which nothing happens shows nothing.
  expect(made).toBeGreaterThan(100_000);
  expect(crashes).toBeGreaterThan(10_000);
});

test.each(Object.entries(MUTANTS))('it is noticed where %s: %s', (mutant) => {
  expect(run(500, mutant as Mutant).first).toBeDefined();
});

test('a schedule is the same each time', () => {
  expect(simulate({ seed: 7n, steps: 1_000 })).toEqual(simulate({ seed: 7n, steps: 1_000 }));
});
