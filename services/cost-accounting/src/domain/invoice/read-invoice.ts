import { err, type FieldViolation, type NanoUsd, ok, type Result } from '@switchyard/kernel';
import { readAmount } from './read-amount.ts';
import { readCsv } from './read-csv.ts';

/** What a provider charges for a model and a day. */
export interface InvoiceLine {
  /** Line of a CSV file, or place in a JSON list, from 1. */
  readonly number: number;
  /** `2026-11-03`, UTC. */
  readonly day: string;
  /** As the invoice calls it, before it is mapped. */
  readonly model: string;
  readonly amountNanoUsd: NanoUsd;
}

/** Where an invoice has what. */
export interface InvoiceColumns {
  /** A date, or a time with its offset. */
  readonly date: string;
  readonly model: string;
  /** A decimal amount of USD. */
  readonly amount: string;
}

/** An invoice as it came. */
export interface InvoiceFile {
  readonly text: string;
  /** CSV with a head, or a JSON list of objects (or an object that has it as `lines` or `data`). */
  readonly format: 'csv' | 'json';
  readonly columns: InvoiceColumns;
}

/** Most lines of an invoice. */
const MAX_LINES = 100_000;
const TOO_MANY = { field: 'file', description: `has more than ${MAX_LINES} lines` };
/** Most wrong fields that are told of. */
const MAX_PROBLEMS = 50;

/** Reads an invoice whole, or tells what is wrong, by line and column. */
export function readInvoice(
  file: InvoiceFile,
): Result<InvoiceLine[], readonly [FieldViolation, ...FieldViolation[]]> {
  const rows = file.format === 'csv' ? csvRows(file) : jsonRows(file);
  if (!rows.ok) return err([rows.error]);
  if (rows.value.length === 0) return err([{ field: 'file', description: 'has no lines' }]);
  const problems: FieldViolation[] = [];
  const lines: InvoiceLine[] = [];
  for (const row of rows.value) {
    const read = readRow(row, file.columns);
    if (read.ok) lines.push(read.value);
    else problems.push(...read.error);
    if (problems.length >= MAX_PROBLEMS) break;
  }
  const [first, ...more] = problems;
  return first === undefined ? ok(lines) : err([first, ...more]);
}

/** The first of a head's names. */
const shownNames = (names: readonly string[]): string =>
  names.slice(0, 20).join(', ').slice(0, 200) || 'none';

interface Row {
  readonly number: number;
  readonly cellOf: (column: string) => string | undefined;
}

function csvRows({ text, columns }: InvoiceFile): Result<Row[], FieldViolation> {
  const read = readCsv(text.replace(/^\uFEFF/, ''), 1 + MAX_LINES);
  if (!read.ok && read.error.kind === 'too_many') return err(TOO_MANY);
  if (!read.ok)
    return err({ field: `file line ${read.error.line}`, description: 'is no CSV: a quote is out of place' });
  const [head, ...records] = read.value;
  const names = head?.cells.map((name) => name.trim()) ?? [];
  for (const name of Object.values(columns) as string[])
    if (!names.includes(name))
      return err({
        field: 'file line 1',
        description: `has no column ${JSON.stringify(name)}, but ${shownNames(names)}: say which columns have date, model and amount`,
      });
  return ok(
    records.map(({ line, cells }) => ({ number: line, cellOf: (column) => cells[names.indexOf(column)] })),
  );
}

function jsonRows({ text }: InvoiceFile): Result<Row[], FieldViolation> {
  const value = parseJson(text);
  const list = Array.isArray(value) ? value : (value?.lines ?? value?.data);
  if (!Array.isArray(list))
    return err({ field: 'file', description: 'must be a JSON list, or an object with it as lines or data' });
  if (list.length > MAX_LINES) return err(TOO_MANY);
  return ok(
    list.map((item: unknown, i) => ({
      number: i + 1,
      cellOf: (column) => {
        const found =
          typeof item === 'object' && item !== null ? (item as Record<string, unknown>)[column] : undefined;
        return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
      },
    })),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what others wrote is looked at member by member
function parseJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readRow({ number, cellOf }: Row, columns: InvoiceColumns): Result<InvoiceLine, FieldViolation[]> {
  const day = readDay(cellOf(columns.date)?.trim() ?? '');
  const model = cellOf(columns.model)?.trim() ?? '';
  const amountNanoUsd = readAmount(cellOf(columns.amount) ?? '');
  if (day !== undefined && model !== '' && model.length <= 512 && amountNanoUsd !== undefined)
    return ok({ number, day, model, amountNanoUsd });
  const problem = (column: string, description: string) => ({
    field: `file line ${number}, ${column}`,
    description,
  });
  return err([
    ...(day === undefined
      ? [problem(columns.date, 'must be a date such as 2026-11-03, or a time with its offset')]
      : []),
    ...(model === '' || model.length > 512 ? [problem(columns.model, 'must have 1 to 512 characters')] : []),
    ...(amountNanoUsd === undefined ? [problem(columns.amount, 'must be a decimal amount of USD')] : []),
  ]);
}

/** A date as it is, a time as its UTC day. */
function readDay(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}($|T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$)/.test(text)) return undefined;
  const ms = Date.parse(text);
  // 2026-02-30 is read as the second of March where it has no time.
  if (Number.isNaN(ms) || (text.length === 10 && !new Date(ms).toISOString().startsWith(text)))
    return undefined;
  return new Date(ms).toISOString().slice(0, 10);
}
