import { describePlace, type Place } from './place.ts';
import { SnapshotError } from './snapshot-error.ts';

/** Reads the items of one list of a snapshot, or throws a {@link SnapshotError}. */
export class SnapshotList {
  readonly #items: readonly unknown[];
  readonly place: Place;

  constructor(value: unknown, place: Place) {
    if (!Array.isArray(value)) throw new SnapshotError(`${describePlace(place)} is not a list`);
    this.#items = value;
    this.place = place;
  }

  /** Where it stands, for messages. */
  get path(): string {
    return describePlace(this.place);
  }

  get length(): number {
    return this.#items.length;
  }

  /** A whole number from 0 that JSON holds exactly. */
  count(index: number): number {
    const value = this.#items[index];
    return Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : this.#wrong(index, 'a count');
  }

  /** A count; `undefined` for 0. */
  known(index: number): number | undefined {
    return this.count(index) || undefined;
  }

  /** A text that is not empty. */
  string(index: number): string {
    const value = this.#items[index];
    return typeof value === 'string' && value !== '' ? value : this.#wrong(index, 'a text');
  }

  /** An item of a table, by its index there. */
  from<Item>(index: number, table: readonly Item[]): Item {
    return table[this.count(index)] ?? this.#wrong(index, 'in its table');
  }

  list(index: number): SnapshotList {
    return new SnapshotList(this.#items[index], { parent: this.place, key: index });
  }

  /** Items that are lists themselves. */
  lists(): SnapshotList[] {
    return this.#items.map((_, index) => this.list(index));
  }

  /** The items from one on. */
  rest(from: number): SnapshotList {
    return new SnapshotList(this.#items.slice(from), this.place);
  }

  item(index: number): unknown {
    return this.#items[index];
  }

  #wrong(index: number, what: string): never {
    throw new SnapshotError(`${this.path}[${index}] is not ${what}`);
  }
}
