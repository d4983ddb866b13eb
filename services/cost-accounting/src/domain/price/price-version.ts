/** Digits of a version: it sorts as text up to ten thousand million changes. */
const DIGITS = 10;

/** The version after another; the first after undefined. Versions grow and sort as text. */
export function nextPriceVersion(current: string | undefined): string {
  const number = current === undefined ? 0 : Number(current);
  if (!Number.isSafeInteger(number)) throw new TypeError(`${current} is no version of a price book`);
  return String(number + 1).padStart(DIGITS, '0');
}
