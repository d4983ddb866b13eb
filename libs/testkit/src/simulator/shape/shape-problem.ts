/** A JSON type as the wire formats speak of it. */
export type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** Where in a document: field names and array positions. */
export type ShapePath = readonly (string | number)[];

/** The first thing found wrong with a document. */
export type ShapeProblem = { readonly path: ShapePath } & (
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-simulated' }
  | {
      readonly kind: 'type';
      readonly expected: readonly JsonType[];
      readonly got: JsonType;
      readonly value: unknown;
    }
  | { readonly kind: 'choice'; readonly allowed: readonly string[]; readonly got: string }
  | {
      readonly kind: 'range';
      readonly whole: boolean;
      readonly min?: number;
      readonly max?: number;
      readonly got: number;
    }
  | {
      readonly kind: 'length';
      readonly of: 'string' | 'array';
      readonly min?: number;
      readonly max?: number;
      readonly got: number;
    }
  | { readonly kind: 'pattern'; readonly pattern: string }
);

/** The JSON type of a value. */
export function jsonTypeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number';
    default:
      return 'object';
  }
}

/** `rules[0].fault.status` */
export function bracketPath(path: ShapePath): string {
  let written = '';
  for (const step of path) {
    if (typeof step === 'number') written += `[${step}]`;
    else written += written === '' ? step : `.${step}`;
  }
  return written;
}
