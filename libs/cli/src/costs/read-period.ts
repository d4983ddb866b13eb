import { type CommandInput, textOption, UsageError } from '../command.ts';
import { durationOption } from '../duration-option.ts';

/** A stretch of time, from its begin up to and without its end. */
export interface NamedPeriod {
  readonly startTime: Date;
  readonly endTime: Date;
}

/** `--period 2026-11`, `2026-11-03` or `2026-11-03/2026-11-10` (without its end), in UTC; else `--since`, up to now. */
export function periodOption(input: CommandInput, { since }: { readonly since: string }): NamedPeriod {
  const text = textOption(input, 'period');
  if (text === undefined) {
    const endTime = new Date();
    return { startTime: new Date(endTime.getTime() - durationOption(input, 'since', since)), endTime };
  }
  if (textOption(input, 'since') !== undefined) throw new UsageError('take one of --period and --since');
  return readPeriod(text);
}

/** Reads a month, a day, or two days. @throws UsageError for anything else */
export function readPeriod(text: string): NamedPeriod {
  const [from = '', to, ...more] = text.split('/');
  const startTime = dayOf(from.length === 7 ? `${from}-01` : from);
  const endTime = to === undefined ? endOf(from, startTime) : dayOf(to);
  if (startTime === undefined || endTime === undefined || more.length > 0 || startTime >= endTime)
    throw new UsageError(
      `--period must be a month, a day, or two days: 2026-11, 2026-11-03, 2026-11-03/2026-11-10; not ${text}`,
    );
  return { startTime, endTime };
}

function dayOf(text: string): Date | undefined {
  const at = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && at.toJSON()?.startsWith(text) ? at : undefined;
}

function endOf(from: string, start: Date | undefined): Date | undefined {
  if (start === undefined) return undefined;
  const isMonth = from.length === 7;
  return new Date(
    Date.UTC(
      start.getUTCFullYear(),
      start.getUTCMonth() + (isMonth ? 1 : 0),
      isMonth ? 1 : start.getUTCDate() + 1,
    ),
  );
}
