import { simulate } from './simulate.ts';

/** `node libs/budget/simulation/main.ts [schedules] [steps] [first seed]`: ends with 1 at the first schedule that breaks a rule. */
const [schedules = 100_000, steps = 250, first = 0] = process.argv.slice(2).map(Number);
let made = 0;
let crashes = 0;
for (let seed = first; seed < first + schedules; seed++) {
  const result = simulate({ seed: BigInt(seed), steps });
  made += result.made;
  crashes += result.crashes;
  if (result.violation === undefined) continue;
  process.stdout.write(`seed ${seed}: ${result.violation}\n`);
  process.exitCode = 1;
  break;
}
process.stdout.write(`${schedules} schedules of ${steps} steps: ${made} attempts, ${crashes} crashes\n`);
