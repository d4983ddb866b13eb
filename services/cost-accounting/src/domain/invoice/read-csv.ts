import { err, ok, type Result } from '@switchyard/kernel';

/** A record of CSV, and the line of the file that it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Why a text is not read: a quote never ends or is out of place, or there are more records than are wanted. */
export interface CsvProblem {
  readonly kind: 'quote' | 'too_many';
  readonly line: number;
}

/** Reads CSV as RFC 4180 has it, with \n or \r\n; empty lines are left out. Reads no further than its first problem. */
export function readCsv(text: string, maxRecords: number): Result<CsvRecord[], CsvProblem> {
  const records: CsvRecord[] = [];
  // One cell and what ends it: a comma, a line's end, or the end of the text.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1;
  let begunOn = 1;
  let cells: string[] = [];
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) return err({ kind: 'quote', line });
    const [whole, quoted, plain, end] = found;
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    line += countOf(whole, '\n');
    if (end === ',') continue;
    if (cells.length > 1 || cells[0] !== '') {
      if (records.length === maxRecords) return err({ kind: 'too_many', line: begunOn });
      records.push({ line: begunOn, cells });
    }
    cells = [];
    begunOn = line;
  }
  if (cells.length > 0) records.push({ line: begunOn, cells: [...cells, ''] });
  return ok(records);
}

const countOf = (text: string, letter: string): number => text.split(letter).length - 1;
