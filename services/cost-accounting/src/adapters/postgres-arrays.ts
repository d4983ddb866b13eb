// Array literals for `unnest($1::text[], …)`. pg's own conversion walks every element through a generic path; for
// thousands of rows a statement these are several times cheaper.
// Syntax: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO

/** Texts; undefined is NULL. */
export function textArray(values: readonly (string | undefined)[]): string {
  let literal = '';
  for (const value of values) literal += value === undefined ? ',NULL' : `,${quoted(value)}`;
  return `{${literal.slice(1)}}`;
}

/** Numbers, booleans, dates: what is written without a character that would need quotes; undefined is NULL. */
export function plainArray(values: readonly (number | bigint | boolean | string | undefined)[]): string {
  let literal = '';
  for (const value of values) literal += `,${value ?? 'NULL'}`;
  return `{${literal.slice(1)}}`;
}

/** Bytes. */
export function bytesArray(values: readonly Uint8Array[]): string {
  let literal = '';
  for (const value of values) literal += `,"\\\\x${asBuffer(value).toString('hex')}"`;
  return `{${literal.slice(1)}}`;
}

function quoted(text: string): string {
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
