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
