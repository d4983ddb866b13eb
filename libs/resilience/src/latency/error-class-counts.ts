import { MAX_ERROR_CLASSES, OTHER_CLASS } from './observation.ts';

/** Failures by error class, with a bound on how many classes are told apart. */
export class ErrorClassCounts {
  readonly #counts = new Map<string, number>();

  add(errorClass: string, count: number): void {
    const known = this.#counts.has(errorClass) || this.#counts.size < MAX_ERROR_CLASSES;
    const name = known ? errorClass : OTHER_CLASS;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  toRecord(): { readonly [errorClass: string]: number } {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#counts.clear();
  }
}
