import { nearNames } from './near-names.ts';

/** How many wrong names are told what may have been meant. */
const MAX_SUGGESTIONS = 3;

/**
 * What may have been meant by the first few wrong names of one check: each costs a fraction of a millisecond, and a large
 * configuration is checked while all others wait.
 */
export class Suggestions {
  #left = MAX_SUGGESTIONS;

  /** "; near it: a, b", or '' where nothing is near, or enough has been suggested. */
  near(name: string, names: Iterable<string>): string {
    if (this.#left === 0) return '';
    this.#left -= 1;
    const found = nearNames(name, { names });
    return found.length === 0 ? '' : `; near it: ${found.join(', ')}`;
  }
}
