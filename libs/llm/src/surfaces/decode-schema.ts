import { isDeeperThan, type JsonObject, MAX_JSON_DEPTH } from '../formats/json.ts';
import type { FieldReader } from './field-reader.ts';

/** Longest description of a tool or a format. */
export const MAX_DESCRIPTION_CHARACTERS = 65_536;
const NAME = /^[\w-]{1,64}$/;

/** The `name` of a tool or a format; "" after a violation. */
export function decodeName(reader: FieldReader): string {
  const name = reader.requiredString('name', 128);
  if (name !== '' && !NAME.test(name)) reader.refuse('name', 'must be 1 to 64 characters of A-Z a-z 0-9 _ -');
  return name;
}

/** A JSON Schema as JSON text; "" where there is none. Its own fields win over `defaults`. */
export function schemaText(reader: FieldReader, name: string, defaults: JsonObject = {}): string {
  const schema = reader.reader(name)?.object;
  if (schema === undefined) return '';
  if (!isDeeperThan(schema, MAX_JSON_DEPTH)) return JSON.stringify({ ...defaults, ...schema });
  reader.refuse(name, `may be nested ${MAX_JSON_DEPTH} deep at most`);
  return '';
}

/** The same of one that must be there. */
export function requiredSchemaText(reader: FieldReader, name: string, defaults: JsonObject = {}): string {
  if (!reader.has(name)) reader.refuse(name, 'is required');
  return schemaText(reader, name, defaults);
}
