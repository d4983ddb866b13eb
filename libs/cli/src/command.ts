import type { ParseArgsOptionsConfig } from 'node:util';
import type { Output } from './output/output.ts';
import type { TextSink } from './output/text-sink.ts';
import type { CliSettings } from './settings.ts';

/** What a command was called with. */
export interface CommandInput {
  readonly positionals: readonly string[];
  /** Values of the command's options; texts, or true for flags. */
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly settings: CliSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** Where progress is told of: never part of the output. */
  readonly progress?: TextSink;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command. */
export interface Command {
  /** Words after the name, for the help: `<request-id>`. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** Words that may follow the name, where there are some of them: `list`. Default: none that are known. */
  readonly words?: readonly string[];
  /** Most words after the name that are no options; Infinity where they are a text. */
  readonly maxPositionals: number;
  run(input: CommandInput): Promise<void>;
}

/** The caller wrote something that the command does not understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A text option; undefined where it was not given. */
export function textOption({ options }: CommandInput, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A list option, given several times or with commas. */
export function listOption({ options }: CommandInput, name: string): string[] {
  const value = options[name];
  const given = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  return given.flatMap((text) => String(text).split(',')).filter((text) => text !== '');
}

/** A count option, a whole number from 0; undefined where it was not given. */
export function countOption(
  input: CommandInput,
  name: string,
  { max }: { readonly max: number },
): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= max)) throw new UsageError(`--${name} must be a whole number from 0 to ${max}, not ${text}`);
  return count;
}
