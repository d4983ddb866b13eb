import { type FieldViolation, TENANT_RULE } from '@switchyard/kernel';
import { INSTALLATION, isTenantName } from './ownership.ts';
import { MAX_PAGE_SIZE } from './page-token.ts';

/** A field's path and what it holds. */
export interface Field<T> {
  readonly field: string;
  readonly value: T;
}

/** What is wrong with a field; undefined: nothing. */
export type Check = FieldViolation | undefined;

const violation = (field: string, description: string): FieldViolation => ({ field, description });

/** An empty text, the word for the installation, or a tenant's name. */
export function checkTenant({ field, value }: Field<string>): Check {
  if (value === '' || value === INSTALLATION || isTenantName(value)) return undefined;
  return violation(field, TENANT_RULE);
}

/** Id of a secret. */
export function checkSecretId(value: string): Check {
  if (/^[a-z0-9\-_./]{1,128}$/.test(value)) return undefined;
  return violation('id', 'must be 1 to 128 of a-z 0-9 - _ . /');
}

/** Id of an API key. */
export function checkKeyId(value: string): Check {
  if (/^[A-Za-z0-9._-]{1,128}$/.test(value)) return undefined;
  return violation('id', 'must be the id of an API key: 1 to 128 of letters, digits, ".", "_", "-"');
}

/** A text of so many characters, without control characters: it is shown, logged and hashed. */
export function checkText(input: Field<string> & { readonly min: number; readonly max: number }): Check {
  const { field, value, min, max } = input;
  const chars = value.length > 2 * max ? value.length : [...value].length;
  if (chars < min || chars > max) return violation(field, `must have ${min} to ${max} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) return violation(field, 'must not hold control characters');
  return undefined;
}

/** A whole number within bounds. */
export function checkRange(input: Field<number> & { readonly min: number; readonly max: number }): Check {
  const { field, value, min, max } = input;
  return value >= min && value <= max ? undefined : violation(field, `must be ${min} to ${max}`);
}

/** A count of bytes within bounds. */
export function checkBytes(input: Field<Uint8Array> & { readonly min: number; readonly max: number }): Check {
  const { field, value, min, max } = input;
  if (value.length >= min && value.length <= max) return undefined;
  return violation(field, min === max ? `must have ${min} bytes` : `must have ${min} to ${max} bytes`);
}

/** A page size; 0 stands for the default. */
export const checkPageSize = (value: number): Check =>
  checkRange({ field: 'page_size', value, min: 0, max: MAX_PAGE_SIZE });

/** A time after now and before the year 10000; undefined stands for never. */
export function checkFuture({ field, value, nowMs }: Field<Date | undefined> & { nowMs: number }): Check {
  if (value === undefined) return undefined;
  const atMs = value.getTime();
  if (Number.isNaN(atMs) || atMs > Date.UTC(9999, 11, 31))
    return violation(field, 'must be a time before the year 10000');
  return atMs > nowMs ? undefined : violation(field, 'must be in the future');
}
