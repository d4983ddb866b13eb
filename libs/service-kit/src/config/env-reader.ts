import { readFileSync } from 'node:fs';

/** The environment as a plain object; `main.ts` hands `process.env` in. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads variables and collects every problem, so that an operator mends them in one go.
 * A variable `NAME` may also be given as `NAME_FILE`, the path of a file that holds it.
 */
export class EnvReader {
  readonly #env: Env;
  readonly #problems: string[] = [];

  constructor(env: Env) {
    this.#env = env;
  }

  /** A text; without a default it is required. */
  text(name: string, fallback?: string): string {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) this.#problems.push(`${name} is required`);
    return value ?? '';
  }

  /** A text, or undefined where it is not set or empty. */
  optional(name: string): string | undefined {
    const direct = this.#env[name];
    if (direct !== undefined && direct !== '') return direct;
    const file = this.#env[`${name}_FILE`];
    if (file === undefined || file === '') return undefined;
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      this.#problems.push(`${name}_FILE: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** A whole number within bounds. */
  integer(name: string, { fallback, min, max }: { fallback: number; min: number; max: number }): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    this.#problems.push(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
    return fallback;
  }

  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean {
    return this.choice(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** A TCP port; 0 lets the system choose. */
  port(name: string, fallback: number): number {
    return this.integer(name, { fallback, min: 0, max: 65_535 });
  }

  /** One of some words. */
  choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) {
      this.#problems.push(`${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(text)}`);
    }
    return found ?? fallback;
  }

  /** Words separated by commas; empty ones are left out. */
  list(name: string): readonly string[] {
    return (this.optional(name) ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  }

  /** A URL with one of some schemes. Its text is never part of a problem: it may hold a password. */
  url(name: string, schemes: readonly string[], fallback?: string): string {
    const text = this.text(name, fallback);
    if (text !== '' && !schemes.includes(URL.parse(text)?.protocol.slice(0, -1) ?? '')) {
      this.#problems.push(
        `${name} must be a URL that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`,
      );
    }
    return text;
  }

  /** Notes a problem that the caller found. */
  problem(text: string): void {
    this.#problems.push(text);
  }

  /** @throws ConfigError with every problem that was met. */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}
