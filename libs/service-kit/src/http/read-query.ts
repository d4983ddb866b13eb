import { invalidArgument } from '@switchyard/kernel';

/** Fields of a request in a URL's query, read by their kind. Each may be given once; empty means left out. */
export class QueryReader {
  readonly #query: URLSearchParams;
  readonly #known = new Set<string>();

  constructor({ searchParams }: URL) {
    this.#query = searchParams;
  }

  /** '' where it is left out. */
  text(name: string): string {
    this.#known.add(name);
    const [value = '', ...others] = this.#query.getAll(name);
    if (others.length > 0) throw invalidArgument({ field: name, description: 'is given more than once' });
    return value;
  }

  /** 0 where it is left out. */
  whole(name: string): number {
    const text = this.text(name);
    if (/^\d{0,9}$/.test(text)) return Number(text);
    throw invalidArgument({ field: name, description: 'must be a whole number' });
  }

  /** False where it is left out. */
  flag(name: string): boolean {
    const text = this.text(name);
    if (['', 'false', 'true'].includes(text)) return text === 'true';
    throw invalidArgument({ field: name, description: 'must be true or false' });
  }

  /** An instant of RFC 3339; undefined where it is left out. */
  instant(name: string): Date | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const isFormed = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text);
    const date = new Date(text);
    if (isFormed && !Number.isNaN(date.getTime())) return date;
    throw invalidArgument({ field: name, description: 'must be an instant such as 2026-11-29T12:00:00Z' });
  }

  /** @throws INVALID_ARGUMENT where there is a field that nobody has asked for */
  finish(): void {
    for (const name of this.#query.keys()) {
      if (this.#known.has(name)) continue;
      const known = [...this.#known].join(', ');
      throw invalidArgument({ field: name, description: `is not known; known are ${known}` });
    }
  }
}
