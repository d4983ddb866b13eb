import { unreachable } from '@switchyard/kernel';
import { messageName, type ObjectSchema, type ValueSchema } from './schema.ts';

/** Something in a document that cannot be as it is. */
export interface DocumentProblem {
  /** Where: "pools[1].members[0].weight". */
  readonly path: string;
  readonly description: string;
}

/** Notes a problem. */
export type Report = (path: string, description: string) => void;

/** Where a value stands, and who is told of problems. */
export interface Place {
  readonly path: string;
  readonly report: Report;
}

/** A value of a document as a message has it; undefined where it is none, which is reported. */
export function readValue(value: unknown, schema: ValueSchema, place: Place): unknown {
  const refuse = (description: string) => {
    place.report(place.path, description);
    return undefined;
  };
  switch (schema.kind) {
    case 'text':
      return typeof value === 'string' ? value : refuse('must be a text');
    case 'flag':
      return typeof value === 'boolean' ? value : refuse('must be true or false');
    case 'whole': {
      const { min, max } = schema;
      const number = typeof value === 'bigint' ? Number(value) : value;
      const isWithin = Number.isInteger(number) && (number as number) >= min && (number as number) <= max;
      return isWithin ? number : refuse(`must be a whole number from ${min} to ${max}`);
    }
    case 'long':
      return readLong(value) ?? refuse('must be a whole number from 0 to 9223372036854775807');
    case 'number': {
      const number = typeof value === 'bigint' ? Number(value) : value;
      const fits = Number.isFinite(number) && (number as number) >= schema.min;
      return fits ? number : refuse(`must be a number of at least ${schema.min}`);
    }
    case 'word': {
      const known = typeof value === 'string' && Object.hasOwn(schema.words, value);
      return known ? schema.words[value] : refuse(`must be ${Object.keys(schema.words).join(', ')}`);
    }
    case 'list':
      if (!Array.isArray(value)) return refuse('must be a list');
      return value.map((item, i) => readValue(item, schema.of, { ...place, path: `${place.path}[${i}]` }));
    case 'map':
      return readMap(value, place);
    case 'object':
      return readObject(value, schema.fields, place);
    default:
      return unreachable(schema);
  }
}

/** An object of a document as a message has it; what is wrong in it is reported. */
export function readObject(
  value: unknown,
  fields: ObjectSchema,
  { path, report }: Place,
): Record<string, unknown> | undefined {
  if (!isPlainObject(value)) {
    report(path, 'must have fields');
    return undefined;
  }
  const read: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const at = path === '' ? name : `${path}.${name}`;
    if (field === undefined) report(at, `is not known; known are ${Object.keys(fields).join(', ')}`);
    // A field without a value is left out, as an empty line of YAML means it.
    else if (item !== null) read[messageName(name, field)] = readValue(item, field, { path: at, report });
  }
  return read;
}

/** Texts by name: the names are kept as they are written. */
function readMap(value: unknown, { path, report }: Place): Record<string, unknown> | undefined {
  if (!isPlainObject(value)) {
    report(path, 'must have names and texts');
    return undefined;
  }
  const given = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    given.map(([name, item]) => [
      name,
      readValue(item, { kind: 'text' }, { path: `${path}.${name}`, report }),
    ]),
  );
}

/** Whether a value of a document has fields. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MAX_LONG = 2n ** 63n - 1n;

function readLong(value: unknown): bigint | undefined {
  const isWritten = typeof value === 'string' && /^\d{1,19}$/.test(value);
  const isSafe = typeof value === 'number' && Number.isSafeInteger(value);
  if (typeof value !== 'bigint' && !isWritten && !isSafe) return undefined;
  const long = BigInt(value as bigint | number | string);
  return long >= 0n && long <= MAX_LONG ? long : undefined;
}
