/** `npm test`: everything that CI checks. With arguments: the tests that they name, as vitest understands them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKS, type Check } from './checks.ts';
import { runCommand } from './run-command.ts';
import { closingLine, type Tally, tallyOfVitest, total } from './tally.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

async function runCheck({ name, run }: Check): Promise<Tally> {
  const startedAtMs = performance.now();
  const { exitCode, output } = await run();
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  if (exitCode === 0) {
    say(`✓ ${name} (${seconds} s)`);
    return { passed: 1, failed: 0 };
  }
  say(`✗ ${name} (${seconds} s)\n${output}`);
  return { passed: 0, failed: 1 };
}

async function runTests(args: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-test-report-'));
  const report = join(folder, 'report.json');
  const reporters = `--reporter=default --reporter=json --outputFile.json='${report}'`;
  try {
    const { exitCode } = await runCommand(`exec vitest run ${reporters} ${args.map(quoted).join(' ')}`, {
      output: 'shown',
    });
    return tallyOfVitest(await readFile(report, 'utf8').catch(() => undefined), exitCode);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const quoted = (arg: string): string => `'${arg.replaceAll("'", "'\\''")}'`;

// The terminal tells vitest by itself; this process stays to count and to clean up.
process.on('SIGINT', () => {});
const args = process.argv.slice(2);
const tallies: Tally[] = [];
if (args.length === 0) for (const check of CHECKS) tallies.push(await runCheck(check));
tallies.push(await runTests(args));
const sum = total(tallies);
say(`\n${closingLine(sum)}`);
process.exitCode = sum.failed === 0 ? 0 : 1;
