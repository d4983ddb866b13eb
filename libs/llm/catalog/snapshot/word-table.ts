/** Gives each distinct value an index: what repeats in a snapshot is written once. */
export class WordTable<Value> {
  readonly #indexes = new Map<string, number>();
  readonly #values: Value[] = [];

  /** The index of a value, as its JSON is the same. */
  indexOf(value: Value): number {
    const key = JSON.stringify(value);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  /** All values, by index. */
  values(): readonly Value[] {
    return this.#values;
  }
}
