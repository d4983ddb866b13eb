const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';
const MONTH = `(?<month>${MONTHS.join('|')})`;

const IMF_FIXDATE = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`,
);
const RFC_850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} GMT$`,
);
const ASCTIME = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`,
);

const FIFTY_YEARS = 50;

/**
 * The instant named by an HTTP date, in ms since 1970 (wall time), or undefined when it is none.
 *
 * RFC 9110 §5.6.7: all three formats must be accepted; a two-digit year that would lie more than fifty years ahead
 * is the latest year in the past with those digits. The day's name is not compared with the date.
 *
 * @param wallNowMs the present wall time in ms since 1970, for two-digit years.
 */
export function parseHttpDate(text: string, wallNowMs: number): number | undefined {
  const fields = (IMF_FIXDATE.exec(text) ?? RFC_850.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (fields === undefined) return undefined;
  const month = MONTHS.indexOf(fields.month ?? '');
  const day = Number(fields.day);
  const second = Number(fields.second);
  if (Number(fields.hour) > 23 || Number(fields.minute) > 59 || second > 60) return undefined; // 60: leap second
  const year = fullYear(fields.year ?? '', wallNowMs);
  // Date.UTC would read the years 0–99 as 1900–1999; setUTCFullYear takes them as they are.
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCDate() !== day) return undefined; // 31 February has run over into March
  return date.setUTCHours(Number(fields.hour), Number(fields.minute), second);
}

function fullYear(digits: string, wallNowMs: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(wallNowMs).getUTCFullYear();
  const inThisCentury = Math.floor(thisYear / 100) * 100 + Number(digits);
  return inThisCentury > thisYear + FIFTY_YEARS ? inThisCentury - 100 : inThisCentury;
}
