import { expect, test } from 'vitest';
import { renderTable } from './table.ts';

interface Row {
  readonly name: string;
  readonly count: number;
}

const COLUMNS = [
  { title: 'NAME', cell: ({ name }: Row) => name },
  { title: 'COUNT', align: 'right' as const, cell: ({ count }: Row) => String(count) },
  { title: 'NOTE', cell: () => '' },
];

test('columns are as wide as their widest cell, numbers end below each other, no line ends in blanks', () => {
  const rows = [
    { name: 'alpha', count: 7 },
    { name: 'b', count: 12_345 },
  ];
  expect(renderTable(rows, COLUMNS)).toBe(
    ['NAME   COUNT  NOTE', 'alpha      7', 'b      12345', ''].join('\n'),
  );
});

test('a table without rows is its head', () => {
  expect(renderTable([], COLUMNS)).toBe('NAME  COUNT  NOTE\n');
});

test('a cell of more than 72 characters ends in an ellipsis', () => {
  const [, line = ''] = renderTable([{ name: 'x'.repeat(73), count: 1 }], COLUMNS).split('\n');
  expect(line).toBe(`${'x'.repeat(71)}…      1`);
});

test('where the terminal is too narrow, spare columns are left out, the highest number first', () => {
  const columns = COLUMNS.map((column, i) => ({ ...column, ...(i === 1 ? { spare: 1 } : {}) }));
  const rows = [{ name: 'alpha', count: 7 }];
  expect(renderTable(rows, columns, { color: false, width: 18 })).toBe('NAME   COUNT  NOTE\nalpha      7\n');
  expect(renderTable(rows, columns, { color: false, width: 17 })).toBe('NAME   NOTE\nalpha\n');
});

test('colour does not move columns, and there is none where none was asked for', () => {
  const columns = COLUMNS.map((column) => ({ ...column, tone: () => 'good' as const }));
  const rows = [{ name: 'a', count: 7 }];
  const plain = renderTable(rows, columns);
  const painted = renderTable(rows, columns, { color: true, width: 80 });
  expect(plain).not.toContain('\u001b');
  expect(painted).toContain('\u001b[32ma   \u001b[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the codes are what is looked for
  expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
});
