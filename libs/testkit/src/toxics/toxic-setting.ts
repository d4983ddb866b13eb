import type { Toxic } from './toxic.ts';

/** The toxic in force, and who has to know when it changes. */
export class ToxicSetting {
  #toxic: Toxic | undefined;
  #epoch = 0;
  readonly #listeners = new Set<() => void>();

  get toxic(): Toxic | undefined {
    return this.#toxic;
  }

  /** Grows with every change. */
  get epoch(): number {
    return this.#epoch;
  }

  set(toxic: Toxic | undefined): void {
    this.#toxic = toxic;
    this.#epoch += 1;
    for (const listener of [...this.#listeners]) listener();
  }

  /** @returns a function that ends the subscription */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
