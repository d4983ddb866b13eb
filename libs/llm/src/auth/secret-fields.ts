import { err, ok, type Result } from '@switchyard/kernel';
import { type JsonObject, parseJsonObject } from '../formats/json.ts';
import type { KeyProblem } from './authorization.ts';

/** The fields of a secret that is a JSON object. */
export interface FieldNames<Required extends string, Optional extends string> {
  readonly required: readonly Required[];
  readonly optional: readonly Optional[];
  /** What becomes of other fields: files that vendors hand out have more than is needed. */
  readonly others: 'refused' | 'left out';
}

/** The fields that were read: none is empty. */
export type SecretFields<Required extends string, Optional extends string> = Readonly<
  Record<Required, string> & Partial<Record<Optional, string>>
>;

/** Reads a secret with parts. Says what is wrong with it by the names of its fields, never by what is in them. */
export function readSecretFields<Required extends string, Optional extends string>(
  secret: string,
  names: FieldNames<Required, Optional>,
): Result<SecretFields<Required, Optional>, KeyProblem> {
  const { required, optional, others } = names;
  const known: readonly string[] = [...required, ...optional];
  const object = parseJsonObject(secret);
  if (object === undefined)
    return err({ description: `it must be a JSON object with ${listed(required)}${also(optional)}` });
  // The name itself is not told: somebody may have put a secret in its place.
  if (others === 'refused' && Object.keys(object).some((name) => !known.includes(name)))
    return err({ description: `it has a field besides ${listed(known)}` });
  const fields: Record<string, string> = {};
  for (const name of known) {
    const value = fieldOf(object, name);
    if (value === undefined) return err({ description: `${name} must be a text` });
    if (value !== '') fields[name] = value;
    else if ((required as readonly string[]).includes(name))
      return err({ description: `${name} is missing` });
  }
  return ok(fields as SecretFields<Required, Optional>);
}

/** '' for none; `undefined` where it is no text. */
function fieldOf(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? (object[name] ?? '') : '';
  return typeof value === 'string' ? value.trim() : undefined;
}

const listed = (names: readonly string[]): string => names.join(', ');
const also = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` and, where needed, ${listed(names)}`;
