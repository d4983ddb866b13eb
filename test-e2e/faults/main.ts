import { endBySignals } from '../support/end-by-signals.ts';
import type { Figure } from './figure.ts';
import { FIGURES } from './figures.ts';

/** `npm run faults [-- A1 A3 …]`: measures the figures under faults, one after the other, and prints them as a table. */
// What a figure has started ends with this process.
endBySignals();
const asked = process.argv.slice(2).map((id) => id.toUpperCase());
const unknown = asked.filter((id) => !FIGURES.some((figure) => figure.id === id));
if (unknown.length > 0) {
  const known = FIGURES.map(({ id }) => id).join(', ');
  process.stderr.write(`there is no figure ${unknown.join(', ')}; take some of ${known}\n`);
  process.exitCode = 2;
} else {
  const rows: (readonly string[])[] = [['id', 'what', 'promised', 'measured', 'held']];
  for (const figure of FIGURES.filter(({ id }) => asked.length === 0 || asked.includes(id)))
    rows.push(await rowOf(figure));
  process.stdout.write(tableOf(rows));
}

async function rowOf({ id, what, promised, measure }: Figure): Promise<readonly string[]> {
  process.stderr.write(`${id}: ${what} …\n`);
  try {
    const { measured, held } = await measure();
    if (!held) process.exitCode = 1;
    process.stderr.write(`${id}: ${measured}: ${held ? 'held' : 'NOT HELD'}\n`);
    return [id, what, promised, measured, held ? 'yes' : 'NO'];
  } catch (error) {
    process.exitCode = 1;
    return [id, what, promised, `could not be measured: ${(error as Error).message}`, 'NO'];
  }
}

/** As Markdown, so that it can go into a README, in columns that a terminal shows straight. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const [head = '', ...lines] = rows.map(
    (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[head, rule, ...lines].join('\n')}\n`;
}
