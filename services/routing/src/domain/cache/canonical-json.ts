import { isDeepJson } from '@switchyard/kernel';

/** Numbers that would not survive: more digits than a double holds, or an exponent. */
const LOSSY_NUMBER = /\d{16}|\d[eE]/;

/**
 * JSON text with the names of every object in order: the same whatever their order was. What is no JSON, is nested very deep, or may hold a number
 * that would be rounded, stays as it is: texts that mean something else never become the same.
 */
export function canonicalJson(text: string): string {
  if (text === '' || isDeepJson(text) || LOSSY_NUMBER.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), inOrder);
  } catch {
    return text;
  }
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value).sort();
  // Entries that are defined one by one: "__proto__" is a name as any other.
  return Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[name]]));
}
