import { PriceTerm, PriceWindow, TermPrices } from '@switchyard/contracts/cost';
import { parseUsd, snakeCase } from '@switchyard/kernel';
import { type CommandInput, listOption, textOption, UsageError } from '../command.ts';

/** What prices are of, as commands write it, and as messages do. */
const KINDS = new Map(
  Object.keys(TermPrices.create())
    .filter((name) => name !== '_unknownFields')
    .map((name) => [snakeCase(name), name as Exclude<keyof TermPrices, '_unknownFields'>]),
);
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Reads the terms that a command states. @throws UsageError with the option */
export function readPriceTerm(id: string, input: CommandInput): PriceTerm {
  const weekdays = listOption(input, 'days').map(weekdayOf);
  const hours = listOption(input, 'hours').map(windowOf);
  if (weekdays.length > 0 && hours.length === 0) hours.push({ fromMinute: 0, untilMinute: 1_440 });
  return PriceTerm.fromPartial({
    id,
    tenant: textOption(input, 'tenant') ?? '',
    provider: textOption(input, 'provider') ?? '',
    model: textOption(input, 'model') ?? '',
    description: textOption(input, 'description') ?? '',
    effectiveFrom: timeOption(input, 'from'),
    effectiveUntil: timeOption(input, 'until'),
    windows: hours.map((window) => PriceWindow.fromPartial({ ...window, weekdays })),
    timeZone: textOption(input, 'time-zone') ?? '',
    discountPpm: discountOf(textOption(input, 'discount')),
    prices: TermPrices.fromPartial(Object.fromEntries(listOption(input, 'price').map(priceOf))),
  });
}

/** Names of what prices are of. */
export const priceKinds = (): readonly (readonly [string, Exclude<keyof TermPrices, '_unknownFields'>])[] => [
  ...KINDS,
];

function priceOf(text: string): [string, bigint] {
  const [kind = '', amount = ''] = text.split('=');
  const name = KINDS.get(kind);
  const price = parseUsd(amount);
  if (name === undefined) throw new UsageError(`--price ${kind}? There are ${[...KINDS.keys()].join(', ')}`);
  if (price === undefined || price < 0n)
    throw new UsageError(`--price ${kind}= must be USD per million units, such as 2.50, not ${amount}`);
  return [name, price];
}

/** Percent as parts per million. */
function discountOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const match = /^(\d{1,3})(?:\.(\d{1,4}))?%?$/.exec(text);
  const ppm = match === null ? Number.NaN : Number(`${match[1]}${(match[2] ?? '').padEnd(4, '0')}`);
  if (!(ppm > 0 && ppm <= 1_000_000))
    throw new UsageError(`--discount must be a percent above 0, such as 15 or 12.5, not ${text}`);
  return ppm;
}

function weekdayOf(text: string): number {
  const place = DAYS.indexOf(text.toLowerCase().slice(0, 3));
  if (place === -1) throw new UsageError(`--days must be ${DAYS.join(', ')}, not ${text}`);
  return place + 1;
}

function windowOf(text: string): { fromMinute: number; untilMinute: number } {
  const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text);
  const [fromMinute = Number.NaN, untilMinute = Number.NaN] =
    match === null ? [] : [minuteOf(match[1], match[2]), minuteOf(match[3], match[4])];
  if (!(fromMinute < untilMinute && untilMinute <= 1_440))
    throw new UsageError(
      `--hours must be as 16:30-24:00 within a day, not ${text}; a night is two: 22:00-24:00,0:00-6:00`,
    );
  return { fromMinute, untilMinute };
}

const minuteOf = (hour = '', minute = ''): number =>
  Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : Number.NaN;

function timeOption(input: CommandInput, name: string): Date | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (Number.isNaN(time.getTime()) || !/^\d{4}-\d{2}-\d{2}/.test(text))
    throw new UsageError(`--${name} must be a time such as 2026-12-01T00:00:00Z, not ${text}`);
  return time;
}
