import { isObject, type JsonObject } from '../../formats/json.ts';
import { describePlace, type Place } from './place.ts';
import { SnapshotError } from './snapshot-error.ts';
import { SnapshotList } from './snapshot-list.ts';

/** Reads the fields of one object of a snapshot, or throws a {@link SnapshotError}. */
export class SnapshotObject {
  readonly #object: JsonObject;
  readonly #place: Place;

  constructor(value: unknown, place: Place) {
    if (!isObject(value)) throw new SnapshotError(`${describePlace(place)} is not an object`);
    this.#object = value;
    this.#place = place;
  }

  /** Where it stands, for messages. */
  get path(): string {
    return describePlace(this.#place);
  }

  has(name: string): boolean {
    return this.#object[name] !== undefined;
  }

  /** A text that is not empty. */
  string(name: string): string {
    const value = this.#object[name];
    return typeof value === 'string' && value !== '' ? value : this.#wrong(name, 'a text');
  }

  /** A text of a certain shape. */
  shaped(name: string, shape: RegExp): string {
    const value = this.string(name);
    return shape.test(value) ? value : this.#wrong(name, `a text like ${shape.source}`);
  }

  optionalString(name: string): string | undefined {
    return this.has(name) ? this.string(name) : undefined;
  }

  /** False where it is absent. */
  flag(name: string): boolean {
    return this.optionalFlag(name) ?? false;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#object[name];
    return value === undefined || typeof value === 'boolean' ? value : this.#wrong(name, 'true or false');
  }

  /** A whole number from 0 that JSON holds exactly. */
  count(name: string): number {
    const value = this.#object[name];
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.#wrong(name, 'a count');
  }

  optionalCount(name: string): number | undefined {
    return this.has(name) ? this.count(name) : undefined;
  }

  /** One of some words. */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === this.#object[name]);
    return found ?? this.#wrong(name, `one of ${words.join(', ')}`);
  }

  strings(name: string): readonly string[] {
    const value = this.#object[name];
    const isGood = Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
    return isGood ? Object.freeze(value as string[]) : this.#wrong(name, 'a list of texts');
  }

  /** A list of some words. */
  wordsOf<Word extends string>(name: string, words: readonly Word[]): readonly Word[] {
    return this.strings(name).map((text) => {
      const found = words.find((word) => word === text);
      if (found === undefined)
        throw new SnapshotError(`${this.path}.${name} has ${text}, which is none of ${words.join(', ')}`);
      return found;
    });
  }

  /** A decimal number from 0, as a number or a text: its digits. */
  decimal(name: string): string {
    const value = this.#object[name];
    const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
    return /^\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/.test(text) ? text : this.#wrong(name, 'a decimal number');
  }

  object(name: string): SnapshotObject {
    return new SnapshotObject(this.#object[name], { parent: this.#place, key: name });
  }

  /** An item of a table, by its index there. */
  from<Item>(name: string, table: readonly Item[]): Item {
    return table[this.count(name)] ?? this.#wrong(name, 'in its table');
  }

  /** Whether it is 1; anything but 1 or nothing is wrong where it is a mark. */
  isOne(name: string): boolean {
    return this.#object[name] === 1;
  }

  /** A list; an empty one where it is absent. */
  list(name: string): SnapshotList {
    return new SnapshotList(this.#object[name] ?? [], { parent: this.#place, key: name });
  }

  /** The names of its fields. */
  names(): string[] {
    return Object.keys(this.#object);
  }

  /** Objects of a list; none where it is absent. */
  objects(name: string): SnapshotObject[] {
    const value = this.#object[name] ?? [];
    if (!Array.isArray(value)) return this.#wrong(name, 'a list');
    return value.map(
      (each, index) =>
        new SnapshotObject(each, {
          parent: { parent: this.#place, key: name },
          key: index,
        }),
    );
  }

  /** Refuses fields that are not among these: a misspelt one would be lost. */
  only(names: readonly string[]): void {
    const other = Object.keys(this.#object).find((name) => !names.includes(name));
    if (other === undefined) return;
    const meant = names.find((name) => withoutStyle(name) === withoutStyle(other));
    const hint = meant === undefined ? '' : `: did you mean ${meant}?`;
    throw new SnapshotError(`${this.path}.${other} is not known${hint}`);
  }

  #wrong(name: string, what: string): never {
    throw new SnapshotError(`${this.path}.${name} is not ${what}`);
  }
}

/** A name without what tells `wireFormat` from `wire_format`. */
const withoutStyle = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase();
