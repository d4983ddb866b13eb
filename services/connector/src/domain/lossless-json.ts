import { err, ok, type Result } from '@switchyard/kernel';

/** Nesting beyond this is refused: readers of JSON are often recursive. */
export const MAX_JSON_DEPTH = 64;

/** Of the proposal "JSON.parse source text access", which the type library does not know yet. */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
const json = JSON as unknown as JsonWithSource;

/**
 * Reads JSON without losing digits: a number that a double cannot hold stays as its own text, which `JSON.stringify` writes
 * back unchanged and {@link numberText} gives.
 *
 * @returns the value, or what is wrong
 */
export function parseLosslessJson(text: string): Result<unknown, string> {
  if (isDeeperThan(text, MAX_JSON_DEPTH)) return err(`nested deeper than ${MAX_JSON_DEPTH} levels`);
  try {
    return ok(json.parse(text, keepDigits));
  } catch {
    // The engine's message quotes the text, which may hold personal data.
    return err('not valid JSON');
  }
}

/** The text of a number that {@link parseLosslessJson} gave; undefined where the value is no number. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return json.isRawJSON(value) ? value.rawJSON : undefined;
}

function keepDigits(_name: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || source === undefined) return value;
  return isExact(value, source) ? value : json.rawJSON(source);
}

/** Whether a double holds exactly the digits that were written, up to the way of writing: it always does up to 15 of them. */
function isExact(value: number, source: string): boolean {
  if (String(value) === source) return true;
  const digits = significantDigits(source);
  const underflowed = value === 0 && digits !== '';
  return Number.isFinite(value) && !underflowed && digits.length <= 15;
}

function significantDigits(source: string): string {
  const mantissa = /^-?([\d.]+)/.exec(source)?.[1] ?? '';
  return mantissa.replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
}

/** Counts brackets outside of strings, in one pass and without recursion. */
export function isDeeperThan(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === BACKSLASH) i++;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === BRACKET || char === BRACE) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) depth -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
