import { invalidArgument } from '@switchyard/kernel';
import { numberText } from '../lossless-json.ts';

/** A query, checked. */
export interface QueryInput {
  /** One statement with `$1`, `$2`, … in the place of values. */
  readonly sql: string;
  /** Values in PostgreSQL's text form; null is NULL. */
  readonly parameters: readonly (string | null)[];
}

const FIELDS = new Set(['sql', 'parameters']);
const MAX_SQL_LENGTH = 262_144;
const MAX_PARAMETERS = 1_000;

/**
 * Reads `{"sql", "parameters"}`. Texts and numbers are passed as they are written, so that no digit is lost; objects and
 * lists as JSON text.
 *
 * @throws INVALID_ARGUMENT naming the field
 */
export function parseQueryInput(input: Readonly<Record<string, unknown>>): QueryInput {
  for (const field of Object.keys(input)) if (!FIELDS.has(field)) throw wrong(field, 'is not known');
  const { sql, parameters = [] } = input;
  if (typeof sql !== 'string' || sql.trim() === '') throw wrong('sql', 'must be a statement');
  if (sql.length > MAX_SQL_LENGTH) throw wrong('sql', `is longer than ${MAX_SQL_LENGTH} characters`);
  if (sql.includes('\0')) throw wrong('sql', 'has a NUL character');
  if (!Array.isArray(parameters)) throw wrong('parameters', 'must be a list');
  if (parameters.length > MAX_PARAMETERS) {
    throw wrong('parameters', `has more than ${MAX_PARAMETERS} entries`);
  }
  return { sql, parameters: parameters.map(parseParameter) };
}

function parseParameter(value: unknown, index: number): string | null {
  if (value === null) return null;
  if (typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : (numberText(value) ?? JSON.stringify(value));
  if (text.includes('\0'))
    throw wrong(`parameters[${index}]`, 'has a NUL character, which PostgreSQL cannot store');
  return text;
}

function wrong(field: string, description: string): Error {
  return invalidArgument({ field: `input_json.${field}`, description });
}
