import type { PriceTerm, PriceWindow } from '@switchyard/llm';

/** Terms, and what people say of them. */
export interface StatedTerm extends PriceTerm {
  readonly description: string;
}

/** Whether two terms say something of the same prices of the same calls at some time: which of them would count is for nobody to guess. */
export const overlap = (a: PriceTerm, b: PriceTerm): boolean =>
  a.tenant === b.tenant &&
  a.provider === b.provider &&
  a.model === b.model &&
  a.fromMs < b.untilMs &&
  b.fromMs < a.untilMs &&
  sayTheSame(a, b) &&
  !areApart(a, b);

const sayTheSame = (a: PriceTerm, b: PriceTerm): boolean =>
  (a.discountPpm > 0 && b.discountPpm > 0) ||
  Object.entries(a.prices).some(
    ([kind, price]) => price !== undefined && b.prices[kind as keyof PriceTerm['prices']] !== undefined,
  );

/** Whether their times of the day are never the same; those of two zones may be. */
const areApart = (a: PriceTerm, b: PriceTerm): boolean =>
  a.timeZone === b.timeZone &&
  a.windows.length > 0 &&
  b.windows.length > 0 &&
  !a.windows.some((one) => b.windows.some((other) => windowsOverlap(one, other)));

/** Whether two times of the day share a minute. */
export const windowsOverlap = (a: PriceWindow, b: PriceWindow): boolean =>
  a.fromMinute < b.untilMinute &&
  b.fromMinute < a.untilMinute &&
  (a.weekdays.length === 0 || b.weekdays.length === 0 || a.weekdays.some((day) => b.weekdays.includes(day)));
