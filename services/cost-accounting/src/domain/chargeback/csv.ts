/** A cell: a text, a number as it is written, or nothing. */
export type Cell = string | bigint | undefined;

/** Cells as a line of CSV; a text that a spreadsheet would take for a formula is made a text. Source: RFC 4180; OWASP, "CSV Injection". */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

function cellOf(cell: Cell): string {
  if (cell === undefined) return '';
  const text = typeof cell === 'string' ? withoutFormula(cell) : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Amounts come as texts, too: what is a number stays one. */
const withoutFormula = (text: string): string =>
  /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
