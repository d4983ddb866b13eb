import { PLAIN, paint, type Tone, type View } from './view.ts';

/** One column of a table. */
export interface Column<T> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: T) => string;
  /** Colour of a cell, where there is colour. */
  readonly tone?: (row: T) => Tone | undefined;
  /** Left out where lines would be longer than the terminal is wide, the highest first. Default: never. */
  readonly spare?: number;
}

/** Longest cell but for the last column's, which nothing stands behind; what is longer ends in an ellipsis. */
const MAX_CELL = 72;
const GAP = '  ';

/** Rows as aligned text with a head. */
export function renderTable<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  view: View = PLAIN,
): string {
  const laid = columns.map((column, i) => layOut(rows, column, i === columns.length - 1));
  const shown = fitting(laid, view.width);
  const line = (index: number): string => {
    const texts = shown.map(({ cells, column, width }) => align(cells[index] ?? '', column, width));
    // Blanks at the end of a line are cut before it is coloured.
    const last = texts.length - 1;
    return texts
      .map((text, i) => (i === last ? text.trimEnd() : text))
      .map((text, i) => paint(text, toneOf(shown[i]?.column, rows[index - 1]), view))
      .join(GAP)
      .trimEnd();
  };
  return [...rows.keys(), rows.length].map((index) => `${line(index)}\n`).join('');
}

interface LaidOut<T> {
  readonly column: Column<T>;
  /** The title, then a cell for each row. */
  readonly cells: readonly string[];
  readonly width: number;
}

function layOut<T>(rows: readonly T[], column: Column<T>, isLast: boolean): LaidOut<T> {
  const texts = rows.map((row) => (isLast ? column.cell(row) : shorten(column.cell(row))));
  const cells = [column.title, ...texts];
  return { column, cells, width: Math.max(...cells.map(({ length }) => length)) };
}

/** Leaves spare columns out until a line fits. */
function fitting<T>(laid: readonly LaidOut<T>[], width: number): readonly LaidOut<T>[] {
  let shown = laid;
  while (lineWidth(shown) > width) {
    const spare = Math.max(...shown.map(({ column }) => column.spare ?? 0));
    if (spare === 0) break;
    shown = shown.filter(({ column }) => (column.spare ?? 0) !== spare);
  }
  return shown;
}

const lineWidth = (laid: readonly { readonly width: number }[]): number =>
  laid.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, laid.length - 1));

const align = <T>(text: string, column: Column<T>, width: number): string =>
  column.align === 'right' ? text.padStart(width) : text.padEnd(width);

const toneOf = <T>(column: Column<T> | undefined, row: T | undefined): Tone | undefined =>
  row === undefined ? undefined : column?.tone?.(row);

const shorten = (text: string): string =>
  text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL - 1)}…`;
