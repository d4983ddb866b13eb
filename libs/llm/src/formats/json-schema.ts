import { type JsonObject, parseJsonObject } from './json.ts';
import type { Unsupported } from './unsupported.ts';

/** A JSON Schema given as text: the object, `undefined` for no text, or "invalid". */
export function parseSchema(text: string): JsonObject | 'invalid' | undefined {
  return text === '' ? undefined : (parseJsonObject(text) ?? 'invalid');
}

/** Why a field with JSON text cannot be sent. */
export function invalidJsonObject(field: string): Unsupported {
  return { field, description: 'is not a JSON object of reasonable depth' };
}
