import { unreachable } from '@switchyard/kernel';
import { messageName, type ObjectSchema, type ValueSchema } from './schema.ts';

/** A value of a message as a document has it; undefined where it has its default, which a document leaves out. */
function writeValue(value: unknown, schema: ValueSchema): unknown {
  if (value === undefined) return undefined;
  switch (schema.kind) {
    case 'text':
      return value === '' ? undefined : value;
    case 'flag':
      return value === false ? undefined : value;
    case 'whole':
    case 'number':
      return value;
    case 'long': {
      const long = value as bigint;
      return long <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(long) : String(long);
    }
    case 'word':
      return Object.entries(schema.words).find(([, number]) => number === value)?.[0];
    case 'list': {
      const list = (value as unknown[]).map((item) => writeValue(item, schema.of) ?? {});
      return list.length === 0 ? undefined : list;
    }
    case 'map':
      return Object.keys(value as object).length === 0 ? undefined : value;
    case 'object':
      return writeObject(value as Record<string, unknown>, schema.fields);
    default:
      return unreachable(schema);
  }
}

/** A message as a document has it: its fields in the schema's order, without those that have their default. */
export function writeObject(message: object, fields: ObjectSchema): Record<string, unknown> {
  const values = message as Readonly<Record<string, unknown>>;
  const written: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = writeValue(values[messageName(name, field)], field);
    if (value !== undefined) written[name] = value;
  }
  return written;
}
