/** One column of a table. */
export interface Column<T> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: T) => string;
}

/** Longest cell but for the last column's, which nothing stands behind; what is longer ends in an ellipsis. */
const MAX_CELL = 72;

/** Rows as aligned text with a head. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const cells = rows.map((row) =>
    columns.map(({ cell }, i) => (i === columns.length - 1 ? cell(row) : shorten(cell(row)))),
  );
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)),
  );
  const render = (row: readonly string[]) =>
    columns
      .map(({ align }, i) =>
        align === 'right' ? (row[i] ?? '').padStart(widths[i] ?? 0) : (row[i] ?? '').padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [render(columns.map(({ title }) => title)), ...cells.map(render)]
    .map((line) => `${line}\n`)
    .join('');
}

const shorten = (text: string): string =>
  text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL - 1)}…`;
