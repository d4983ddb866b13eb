// Array literals for `unnest($1::text[], …)`. pg's own conversion walks every element through a generic path; for
// thousands of rows a statement these are several times cheaper: join makes one flat text, where adding up leaves a chain of pieces that
// is collected as garbage. An array without a value is `{}`: unnest fills what is missing beside longer ones with NULL.
// Syntax: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

/** What is written with a backslash before it. */
const ESCAPED = /["\\]/;

/** Texts; undefined is NULL. */
export function textArray(values: readonly (string | undefined)[]): string {
  if (values.every(isMissing)) return '{}';
  if (!values.includes(undefined) && !ESCAPED.test(values.join(''))) return `{"${values.join('","')}"}`;
  return `{${values.map((value) => (value === undefined ? 'NULL' : quoted(value))).join(',')}}`;
}

/** Numbers, booleans, dates: what is written without a character that would need quotes; undefined is NULL. */
export function plainArray(values: readonly (number | bigint | boolean | string | undefined)[]): string {
  if (values.every(isMissing)) return '{}';
  return `{${(values.includes(undefined) ? values.map((value) => value ?? 'NULL') : values).join(',')}}`;
}

/** Bytes. */
export const bytesArray = (values: readonly Uint8Array[]): string =>
  hexArray(values.map((value) => asBuffer(value).toString('hex')));

/** Bytes, as hex. */
export const hexArray = (values: readonly string[]): string =>
  values.length === 0 ? '{}' : `{"\\\\x${values.join('","\\\\x')}"}`;

const isMissing = (value: unknown): boolean => value === undefined;

function quoted(text: string): string {
  return ESCAPED.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
