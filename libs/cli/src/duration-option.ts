import { type CommandInput, textOption, UsageError } from './command.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** An option such as `30m`, `24h` or `7d`, in milliseconds. */
export function durationOption(input: CommandInput, name: string, fallback: string): number {
  const found = /^(\d{1,6})([mhd])$/.exec(textOption(input, name) ?? fallback);
  if (found === null) throw new UsageError(`--${name} must be a number and m, h or d: 30m, 24h, 7d`);
  return Number(found[1]) * (UNITS[found[2] as string] as number);
}
