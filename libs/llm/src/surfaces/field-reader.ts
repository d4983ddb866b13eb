import type { FieldViolation } from '@switchyard/kernel';
import { isObject, type JsonObject } from '../formats/json.ts';

/** Most violations that are told of one request. */
const MAX_VIOLATIONS = 50;

/** Collects what is wrong with a request. */
export class Violations {
  readonly #list: FieldViolation[] = [];

  /** Tells that a field is wrong, and what would be right. */
  add(field: string, description: string): void {
    if (this.#list.length < MAX_VIOLATIONS) this.#list.push({ field, description });
  }

  get list(): FieldViolation[] {
    return [...this.#list];
  }
}

/** Whole numbers of a range. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Reads the fields of one JSON object. `null` is the same as absent; what is of the wrong kind is a violation and reads
 * as `undefined`, so that all violations of a request are found at once.
 */
export class FieldReader {
  readonly object: JsonObject;
  readonly #path: string;
  readonly #violations: Violations;

  constructor({ object, path, violations }: { object: JsonObject; path: string; violations: Violations }) {
    this.object = object;
    this.#path = path;
    this.#violations = violations;
  }

  /** Path of a field as the caller wrote it; of the object itself for "". */
  pathOf(name: string): string {
    if (name === '') return this.#path;
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** Tells that a field is wrong. */
  refuse(name: string, description: string): undefined {
    this.#violations.add(this.pathOf(name), description);
    return undefined;
  }

  has(name: string): boolean {
    return this.object[name] !== undefined && this.object[name] !== null;
  }

  /** A string of at most `maxLength` characters. */
  string(name: string, maxLength: number): string | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    if (typeof value !== 'string') return this.refuse(name, 'must be a string');
    return value.length <= maxLength ? value : this.refuse(name, `may have ${maxLength} characters at most`);
  }

  /** A string that must be there and not be empty; "" after a violation. */
  requiredString(name: string, maxLength: number): string {
    const value = this.string(name, maxLength);
    if (value) return value;
    if (!this.has(name) || value === '') this.refuse(name, 'is required');
    return '';
  }

  boolean(name: string): boolean | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    return typeof value === 'boolean' ? value : this.refuse(name, 'must be true or false');
  }

  /** A number of a range, ends included. */
  number(name: string, { min, max }: Range): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return this.refuse(name, `must be a number from ${min} to ${max}`);
  }

  /** A whole number of a range, ends included. */
  integer(name: string, { min, max }: Range): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max)
      return value as number;
    return this.refuse(name, `must be a whole number from ${min} to ${max}`);
  }

  /** A whole number from 0 of up to 63 bits, as a number or, where it is large, as a string. */
  int64(name: string): bigint | undefined {
    if (!this.has(name)) return undefined;
    const value = this.object[name];
    const isText = typeof value === 'string' && /^\d{1,18}$/.test(value);
    if (isText || (Number.isSafeInteger(value) && (value as number) >= 0))
      return BigInt(value as string | number);
    return this.refuse(name, 'must be a whole number from 0, as a number or as a string');
  }

  /** One of some words. */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    if (!this.has(name)) return undefined;
    const found = words.find((word) => word === this.object[name]);
    return found ?? this.refuse(name, `must be one of ${words.join(', ')}`);
  }

  /** An object. */
  reader(name: string): FieldReader | undefined {
    if (!this.has(name)) return undefined;
    const object = this.object[name];
    if (!isObject(object)) return this.refuse(name, 'must be an object');
    return new FieldReader({ object, path: this.pathOf(name), violations: this.#violations });
  }

  /** A list of objects; what is none is a violation and left out. */
  readers(name: string, maxLength: number): FieldReader[] {
    return this.list(name, maxLength).flatMap((object, index) => {
      const path = `${this.pathOf(name)}[${index}]`;
      if (isObject(object)) return [new FieldReader({ object, path, violations: this.#violations })];
      this.#violations.add(path, 'must be an object');
      return [];
    });
  }

  /** A list of strings. */
  strings(
    name: string,
    { maxLength, maxCharacters }: { maxLength: number; maxCharacters: number },
  ): string[] {
    const values = this.list(name, maxLength);
    const isGood = (value: unknown) => typeof value === 'string' && value.length <= maxCharacters;
    if (values.every(isGood)) return values as string[];
    this.refuse(name, `must be a list of strings of ${maxCharacters} characters at most`);
    return [];
  }

  /** A list; empty where it is absent or wrong. */
  list(name: string, maxLength: number): readonly unknown[] {
    if (!this.has(name)) return [];
    const value = this.object[name];
    if (Array.isArray(value) && value.length <= maxLength) return value;
    this.refuse(name, Array.isArray(value) ? `may have ${maxLength} entries at most` : 'must be a list');
    return [];
  }

  /** Tells of every field that is not among these. */
  refuseOthers(known: readonly string[]): void {
    for (const name of Object.keys(this.object)) {
      if (!known.includes(name) && this.has(name)) this.refuse(name, 'is not a known field');
    }
  }
}
